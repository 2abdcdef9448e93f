"""The catalogue on a page: whether it is without faults, what it holds, and which files of the county's own stand in place of the shipped ones."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard.cached import find_catalog
from dashboard.components.light import light_html
from dashboard.components.page import show_section
from dashboard.components.table import number, show_table, word
from pipelines.catalog.check import check_catalog
from pipelines.catalog.load import read_catalog_text
from pipelines.home import CODE_CATALOG, find_home


def _show_faults() -> None:
    overlay = find_home().overlay
    faults = check_catalog(read_catalog_text(CODE_CATALOG, overlay))
    if not faults:
        st.html(light_html("green", "指标目录没有错误"))
        return
    st.html(light_html("red", f"指标目录有 {len(faults)} 处错误"))
    show_table(["文件", "哪一项", "问题"], [[word(f.file), word(f.key), word(f.message)] for f in faults], text=(0, 1, 2))


def show_catalogue() -> None:
    """Faults, contents, and the files that the county changed."""
    _show_faults()
    catalog, overlay = find_catalog(), find_home().overlay
    held = [("乡镇", catalog.county.townships), ("表", catalog.forms), ("指标", catalog.indicators), ("目标", catalog.targets), ("标准", catalog.standards),
            ("评分办法", catalog.rubrics), ("记住的列标题", catalog.aliases)]  # fmt: skip
    show_section("目录里有什么", f"目录的指纹 {catalog.sha256[:12]}；每次入库都记下当时的目录，重建时照原来的读")
    show_table(["内容", "多少"], [[name, number(len(rows))] for name, rows in held])
    own = sorted(p.relative_to(overlay).as_posix() for p in overlay.rglob("*.toml")) if overlay.is_dir() else []
    show_section(f"本县改过 {len(own)} 个文件" if own else "本县没有改过目录", f"放在 {overlay}，同名的代替随软件带的")
    if own:
        st.html("".join(f'<div class="lead">{escape(name)}</div>' for name in own))
