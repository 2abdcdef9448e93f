"""The wording as data: the county's own file, else the one that comes with the code, checked before it is used."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from pipelines.catalog.model import Catalog
from pipelines.faults import UserError
from pipelines.home import CODE_WORDING, Home

SLOT = re.compile(r"\{([@\w]+)(?::([^{}|.]+)|\.(change)|\|([^{}]+))?\}")
COUNTS = ("townships", "reported_townships", "returns_in")


def find_wording_file(home: Home, name: str) -> Path:
    """The home's own file of this name, else the code's; beside it when the home is `data/` itself."""
    return home.wording / name if (home.wording / name).is_file() else CODE_WORDING / name


def known_codes(catalog: Catalog) -> set[str]:
    """Every code that a slot may name."""
    standards = {f"{s.key}_met" for s in catalog.standards}
    return {i.code for i in catalog.indicators} | standards | {*COUNTS, "@whole"}


def _faults(table: dict[str, Any], catalog: Catalog) -> list[str]:
    known, sections = known_codes(catalog), {s.get("key") for s in table.get("section", [])}
    found = [f"缺少 {key}" for key in ("title", "change", "leading", "opening", "section", "sentence", "shortfall", "plan") if key not in table]
    for sentence in table.get("sentence", []):
        if sentence.get("section") not in sections:
            found.append(f"句子的 section“{sentence.get('section')}”不存在")
        texts = [c.get(k, "") for c in sentence.get("clauses", []) for k in ("text", "one", "zero", "full")]
        found += [f"“{text}”里的 {{{slot[1]}}} 不是指标代码" for text in texts for slot in SLOT.finditer(text) if slot[1] not in known]
    return found


def load_wording(home: Home, catalog: Catalog) -> dict[str, Any]:
    """The tables of `summary.toml`; UserError naming every fault."""
    path = find_wording_file(home, "summary.toml")
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeError) as error:
        raise UserError(f"总结用语文件 {path.name} 格式有误：{error}。", "请改正，或删除它以使用自带的用语。") from None
    if found := _faults(table, catalog):
        raise UserError(f"总结用语文件 {path.name} 有 {len(found)} 处错误：{'；'.join(found)}。", "请改正，或删除它以使用自带的用语。")
    return table
