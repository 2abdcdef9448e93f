"""Two uploads of one month side by side."""

from __future__ import annotations

from decimal import Decimal
from html import escape

import pandas
import streamlit as st

from dashboard.components.page import show_section
from dashboard.components.table import show_table
from pipelines.catalog.model import Catalog
from pipelines.reports.versions import compare_versions
from pipelines.warehouse.reader import Reader


def _number(value: Decimal | None) -> str:
    if value is None:
        return "没有这张表"
    return f"{value.normalize():,f}"


def show_versions(reader: Reader, catalog: Catalog, versions: pandas.DataFrame) -> None:
    """What the newest upload says differently from the one before, or from any other that is chosen."""
    if len(versions) < 2:
        return
    names = {f"{v.submission_id}（{v.received_at.month}月{v.received_at.day}日 {v.received_at:%H:%M}，{v.source_file}）": v.submission_id for v in versions.itertuples()}
    newest, *older = names
    chosen = st.selectbox(f"与哪一次比较（最新的是 {names[newest]}）", older, key=f"compare {names[newest]}")
    changes = [c for c in compare_versions(reader, catalog, names[chosen], names[newest]) if c.differs]
    show_section(f"两次报送有 {len(changes)} 处合计不同" if changes else "两次报送的各项合计都相同", f"{names[chosen]} → {names[newest]}")
    if changes:
        show_table(["表", "项目", names[chosen], names[newest]], [[escape(c.form), escape(c.what), _number(c.old), _number(c.new)] for c in changes], text=(0, 1))
