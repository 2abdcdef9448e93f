"""Holds the self-check of 八有 and 六会 against ledgers, register, 乡镇月报 and open problems, as the catalogue's contradictions say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from pipelines.catalog.model import Catalog
from pipelines.catalog.period import shift_period
from pipelines.catalog.scoring import Contradiction
from pipelines.scoring.words import amount_text
from pipelines.warehouse.reader import Reader

SQL = Path(__file__).parent / "sql"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that speaks against a yes: which rule, of whom, why, and the row that shows it."""

    rule: Contradiction
    township_code: str
    union_name: str  # empty: of the township as a whole
    reason: str
    form: str  # title of the sheet or ledger that was looked at
    source_file: str | None = None
    source_sheet: str | None = None
    source_row: int | None = None
    at: date | None = None  # the day of that row, where it lies in another month
    where: tuple[tuple[str, str], ...] = ()  # (column, value) that tells the row from others of its form

    @property
    def place(self) -> str:
        """File (without its ending), sheet and row of the evidence; the sheet's title where there is no row."""
        return f"{Path(self.source_file).stem} · {self.source_sheet} 第 {self.source_row} 行" if self.source_row else self.form


@lru_cache(maxsize=32)
def read_sql(name: str) -> str:
    """The text of `sql/NAME.sql`."""
    return (SQL / f"{name}.sql").read_text("utf-8")


def _titles(catalog: Catalog, forms: tuple[str, ...]) -> str:
    return "、".join(catalog.form(f).title for f in forms)


def _items(catalog: Catalog) -> dict[str, tuple[str, str]]:
    return {i.code: (i.name, i.unit) for i in catalog.monthly_items}


def _no_rows(reader: Reader, catalog: Catalog, rule: Contradiction, period: date) -> Iterator[Finding]:
    first = shift_period(period, 1 - rule.months)
    asked = {"period": period, "claim": rule.claim, "first": first, "forms": ",".join(rule.forms), "reported": rule.reported}
    title = _titles(catalog, rule.forms)
    for code, union, last, *source in reader.rows(read_sql("no_rows"), asked):
        told = rule.reason.format(months=rule.months, forms=title, last=f"{last.year}年{last.month}月{last.day}日" if last else "从来没有")
        yield Finding(rule, code, union, told, title, *source, last)


def _column(reader: Reader, catalog: Catalog, rule: Contradiction, period: date) -> Iterator[Finding]:
    form = catalog.form("register")
    sql = read_sql("column").format(field=form.column(rule.field).key)
    for code, union, *source in reader.rows(sql, {"period": period, "claim": rule.claim}):
        yield Finding(rule, code, union, rule.reason.format(field=form.column(rule.field).header), form.title, *source)


def _pair(reader: Reader, catalog: Catalog, rule: Contradiction, period: date) -> Iterator[Finding]:
    items = _items(catalog)
    asked = {"period": period, "claim": rule.claim, "left": rule.left, "right": rule.right, "first": shift_period(period, 1 - max(1, rule.months))}
    for code, _, left, right, *source in reader.rows(read_sql("monthly_pair"), asked):
        if left is None or right is None or not (right < left if rule.kind == "below" else left > 0 and right == 0):
            continue
        told = {side: f"{items[key][0]} {amount_text(value, items[key][1])}" for side, key, value in (("left", rule.left, left), ("right", rule.right, right))}
        yield Finding(rule, code, "", rule.reason.format(months=rule.months, gap=f"{left - right:,.0f}", **told), catalog.form("monthly").title, *source)


def _issue_text(reader: Reader, catalog: Catalog, rule: Contradiction, period: date) -> Iterator[Finding]:
    for code, _, problem, *source in reader.rows(read_sql("issue_text"), {"period": period, "claim": rule.claim, "words": ",".join(rule.words)}):
        yield Finding(rule, code, "", rule.reason.format(text=problem), catalog.form("issues").title, *source, None, (("problem", problem),))


def _same_evidence(reader: Reader, catalog: Catalog, rule: Contradiction, period: date) -> Iterator[Finding]:
    for code, union, other, text, *source in reader.rows(read_sql("same_evidence"), {"period": period, "claim": rule.claim, "least": rule.least}):
        yield Finding(rule, code, union, rule.reason.format(other=other, text=text), catalog.form("standards").title, *source)


_LOOKS = {"no_rows": _no_rows, "column": _column, "zero": _pair, "below": _pair, "issue_text": _issue_text, "same_evidence": _same_evidence}


def find_contradictions(reader: Reader, catalog: Catalog, period: date) -> list[Finding]:
    """Every contradiction of the month that the reader may see; of several about one union and item only the first of the catalogue that denies, else the first."""
    found = [f for rule in catalog.contradictions for f in _LOOKS[rule.kind](reader, catalog, rule, period)]
    chosen: dict[tuple, Finding] = {}
    for finding in sorted(found, key=lambda f: f.rule.verdict != "deny"):
        key = (finding.township_code, finding.union_name, finding.rule.claim) if finding.union_name else (finding.township_code, finding.rule.key, finding.reason)
        chosen.setdefault(key, finding)
    return sorted(chosen.values(), key=lambda f: (f.township_code, f.union_name == "", f.union_name, f.rule.claim))
