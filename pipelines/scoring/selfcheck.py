"""The self-check of 八有 and 六会 as the county counts it: a ruling decides; else a yes counts that no contradiction denies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow

from pipelines.scoring.contradictions import Finding, read_sql
from pipelines.scoring.engine import Mark
from pipelines.warehouse.reader import Reader

Rulings = Mapping[str, Mapping[tuple[str, str], Mark]]  # township -> (union, item) -> mark
_ORDER = "order by p.township_code, p.union_name, p.standard, p.sort_order"
_KEY = [("township_code", pyarrow.string()), ("union_name", pyarrow.string()), ("item", pyarrow.string())]
_DENIED = pyarrow.schema(_KEY)
_RULED = pyarrow.schema([*_KEY, ("counts", pyarrow.bool_())])


@dataclass(frozen=True, slots=True)
class Claim:
    """One answer of the self-check, and whether the county counts it: `finding` speaks against it, `ruling` decides."""

    township_code: str
    union_name: str
    standard: str
    item: str
    item_name: str
    met: bool
    reported: bool
    verified: bool
    finding: Finding | None = None
    ruling: Mark | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """Unions of a place, and how many have everything that a standard asks for, as they say and as the county counts; `reported`: whether any said anything."""

    unions: int = 0
    own: int = 0
    verified: int = 0
    reported: bool = False

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.unions + other.unions, self.own + other.own, self.verified + other.verified, self.reported or other.reported)


def _table(rows: Iterable[tuple], schema: pyarrow.Schema) -> pyarrow.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    return pyarrow.table([pyarrow.array(column, field.type) for column, field in zip(columns, schema, strict=True)], schema)


def _judgements(findings: Sequence[Finding], rulings: Rulings) -> dict[str, pyarrow.Table]:
    """What the SQL joins the answers with; of several findings about one answer there is only one."""
    denied = ((f.township_code, f.union_name, f.rule.claim) for f in findings if f.union_name and f.rule.verdict == "deny")
    ruled = ((code, *key, bool(mark.points)) for code, marks in rulings.items() for key, mark in marks.items())
    return {"denied": _table(denied, _DENIED), "ruled": _table(ruled, _RULED)}


def read_claims(reader: Reader, period: date, findings: Sequence[Finding], rulings: Rulings) -> list[Claim]:
    """Every answer of the month that the reader may see, by township and union, in the order of the standards."""
    against = {(f.township_code, f.union_name, f.rule.claim): f for f in findings if f.union_name}
    claims = []
    for code, union, standard, item, item_name, met, reported, verified in reader.rows(f"{read_sql('claims')} {_ORDER}", {"period": period}, _judgements(findings, rulings)):
        claims.append(Claim(code, union, standard, item, item_name, met, reported, verified, against.get((code, union, item)), rulings.get(code, {}).get((union, item))))
    return claims


def read_tallies(reader: Reader, period: date, findings: Sequence[Finding], rulings: Rulings) -> dict[str, dict[str, Tally]]:
    """Township -> standard -> its tally of the month."""
    found: dict[str, dict[str, Tally]] = {}
    sql = read_sql("tallies").format(claims=read_sql("claims"))
    for code, standard, *counts in reader.rows(sql, {"period": period}, _judgements(findings, rulings)):
        found.setdefault(code, {})[standard] = Tally(*counts)
    return found
