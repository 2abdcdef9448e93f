"""The words that tie a figure to an indicator: those of `terms.toml` and those that the writer itself uses."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any

from pipelines.catalog.model import Catalog
from pipelines.faults import UserError
from pipelines.home import Home
from pipelines.reports.summary.wording.data import SLOT, find_wording_file, known_codes, load_wording

_EDGES = "，。；：、（）“”"


@dataclass(frozen=True, slots=True)
class Term:
    """One way to speak of an indicator: words that all have to be there, the units that it is counted in, and other readings that the same word may mean."""

    indicator: str
    words: tuple[str, ...]
    units: tuple[str, ...]
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that state a figure without a number."""

    indicator: str
    pattern: re.Pattern[str]
    value: float | None = None
    count: bool = False
    list: bool = False


@dataclass(frozen=True, slots=True)
class Terms:
    """Everything that the checker knows of the office's language."""

    terms: tuple[Term, ...]
    phrases: tuple[Phrase, ...]
    idioms: tuple[str, ...]
    aims: tuple[str, ...]
    periods: dict[str, dict[str, int]]


def _own_words(words: dict[str, Any], units: dict[str, str]) -> list[Term]:
    """The writer's clauses as terms: the words right before a slot, else those behind it."""
    found = []
    for clause in [*words["opening"]["returns"], *(c for s in words["sentence"] for c in s["clauses"])]:
        text, start = clause["text"], 0
        slots = [s for s in SLOT.finditer(text) if not s[1].startswith("@")]
        for slot in slots:
            before = text[start : slot.start()].rpartition("}")[2].strip(_EDGES)
            start = slot.end()
            word = before if len(before) > 1 else text[start:].partition("{")[0].strip(_EDGES)
            unit = slot[2] or units.get(slot[1], "")
            if word and not slot[3] and not slot[4] and unit:
                found.append(Term(slot[1], (word,), (unit,)))
    return found


def _bare(name: str) -> str:
    return name.split("（")[0]


def _named(catalog: Catalog) -> list[Term]:
    """Every indicator by its own name."""
    return [Term(i.code, (_bare(i.name),), (i.unit,)) for i in catalog.indicators]


def _with_readings(terms: list[Term], catalog: Catalog) -> tuple[Term, ...]:
    """The terms, each that is the bare name of several indicators (入会率) with the others of that name."""
    alike = defaultdict(list)
    for indicator in catalog.indicators:
        alike[_bare(indicator.name)].append(indicator.code)
    names = [alike.get(t.words[0], []) if len(t.words) == 1 else [] for t in terms]
    return tuple(replace(t, also=tuple(c for c in codes if c != t.indicator)) if t.indicator in codes else t for t, codes in zip(terms, names, strict=True))


def load_terms(home: Home, catalog: Catalog) -> Terms:
    """The terms of the home's `terms.toml`, else of the code's; UserError where the file is faulty."""
    path = find_wording_file(home, "terms.toml")
    try:
        table = tomllib.loads(path.read_text("utf-8"))
        given = [Term(t["indicator"], tuple(w.split()), tuple(t["units"])) for t in table.get("term", []) for w in t["words"]]
        phrases = [Phrase(p["indicator"], re.compile(p["pattern"]), p.get("value"), p.get("count", False), p.get("list", False)) for p in table.get("phrase", [])]
    except (tomllib.TOMLDecodeError, UnicodeError, KeyError, TypeError, re.error) as error:
        raise UserError(f"核对用语文件 {path.name} 有误：{error}。", "请改正，或删除它以使用自带的用语。") from None
    strangers = {t.indicator for t in [*given, *phrases]} - known_codes(catalog)
    if strangers:
        raise UserError(f"核对用语文件 {path.name} 里的 {'、'.join(sorted(strangers))} 不是指标代码。", "请改正，或删除它以使用自带的用语。")
    units = {i.code: i.unit for i in catalog.indicators} | {"reported_townships": "个", "returns_in": "份"} | {f"{s.key}_met": "项" for s in catalog.standards}
    own = _own_words(load_wording(home, catalog), units)
    return Terms(_with_readings([*given, *own, *_named(catalog)], catalog), tuple(phrases), tuple(table.get("idioms", [])), tuple(table.get("aims", [])), table.get("periods", {}))
