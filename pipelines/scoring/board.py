"""Reads one release and the journal into every township's score of a month, its rank, and the checked self-check."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from statistics import median

from pipelines.catalog.model import Catalog
from pipelines.catalog.period import shift_period
from pipelines.catalog.reading import first_month
from pipelines.catalog.scoring import Rubric, find_rubric
from pipelines.faults import UserError
from pipelines.home import Home
from pipelines.scoring.contradictions import Finding, find_contradictions, read_sql
from pipelines.scoring.engine import Mark, Marks, Score, score_township
from pipelines.scoring.figure import Figure
from pipelines.scoring.journal import Act, list_acts, read_marks
from pipelines.warehouse.marts import figure_table
from pipelines.warehouse.reader import Reader

VERIFIED = {"eight_haves": "eight_haves_verified", "six_committees": "six_committees_verified"}  # standard -> fact


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


@dataclass(frozen=True, slots=True, eq=False)  # hashed by identity: it is a key of caches
class Standing:
    """One township: its figures and marks, the score made of them, its rank among those with enough data (1 is best)."""

    township_code: str
    township: str
    figures: dict[str, Figure]
    marks: Marks
    score: Score
    rank: int | None = None


@dataclass(frozen=True, slots=True, eq=False)  # hashed by identity: it is a key of caches
class Board:
    """All that the reader may see of a month's scores, in the townships' official order."""

    rubric: Rubric
    period: date
    standings: tuple[Standing, ...]
    claims: tuple[Claim, ...]
    findings: tuple[Finding, ...]
    acts: tuple[Act, ...]
    missing_months: dict[str, list[date]]  # township_code -> months of the span without a return

    def standing(self, township_code: str) -> Standing:
        """The township's standing; KeyError where the reader may not see it."""
        return {s.township_code: s for s in self.standings}[township_code]

    @property
    def ranked(self) -> int:
        """How many townships have a rank."""
        return sum(s.rank is not None for s in self.standings)

    def median(self, key: str) -> Fraction | None:
        """The county's median of a group's points, as a share of what could be judged of it times its full points."""
        found = [(g.points / g.judged, g.group.full) for s in self.standings for g in s.score.groups if g.group.key == key and g.judged]
        return median(share for share, _ in found) * Fraction(str(found[0][1])) if found else None


def choose_rubric(catalog: Catalog, year: int, key: str = "") -> Rubric:
    """The year's version of the named rubric, or the one in force; UserError where there is none."""
    rubric = find_rubric(catalog.rubrics, year, key)
    if rubric is None:
        known = "、".join(sorted({f"{r.key}（{r.name}，{r.first_year} 年起）" for r in catalog.rubrics})) or "还没有写任何评分办法"
        raise UserError(f"{year} 年没有{f'“{key}”这个' if key else '起用的'}评分办法。", f"目录里有：{known}；请改 scoring.toml 或换一个。")
    return rubric


def _exact(number: object) -> Fraction | None:
    return None if number is None else Fraction(number)


def _figures(reader: Reader, rubric: Rubric, period: date) -> dict[str, dict[str, Figure]]:
    sql = read_sql("figures").format(table=figure_table(rubric.reading))
    found: dict[str, dict[str, Figure]] = {}
    for code, indicator, *parts in reader.rows(sql, {"period": period, "december": date(period.year - 1, 12, 1)}):
        above, below, at_least, before = parts
        found.setdefault(code, {})[indicator] = Figure(Fraction(above), _exact(below), bool(at_least), _exact(before))
    return found


def _overdue(reader: Reader, rubric: Rubric, period: date) -> dict[str, Figure]:
    last_day = shift_period(period, 1) - timedelta(days=1)
    asked = {"period": period, "first": first_month(rubric.reading, period), "last_day": last_day}
    return {code: Figure(Fraction(overdue)) for code, overdue in reader.rows(read_sql("hazards_overdue"), asked)}


def _claims(reader: Reader, period: date, findings: Sequence[Finding], rulings: dict[str, dict[tuple[str, str], Mark]]) -> list[Claim]:
    against = {(f.township_code, f.union_name, f.rule.claim): f for f in findings if f.union_name}
    claims = []
    for code, union, standard, _, item, item_name, _, met, reported in reader.rows(read_sql("claims"), {"period": period}):
        finding, ruling = against.get((code, union, item)), rulings.get(code, {}).get((union, item))
        believed = met and not (finding and finding.rule.verdict == "deny")
        claims.append(Claim(code, union, standard, item, item_name, met, reported, bool(ruling.points) if ruling else believed, finding, ruling))
    return claims


def _verified(claims: Sequence[Claim]) -> dict[str, dict[str, Figure]]:
    """Township -> fact -> unions that have all items of the standard, of all unions."""
    whole: dict[tuple[str, str, str], bool] = {}
    for c in claims:
        key = (c.township_code, c.standard, c.union_name)
        whole[key] = whole.get(key, True) and c.verified
    found: dict[str, dict[str, Figure]] = {}
    for (code, standard, _), passed in whole.items():
        facts = found.setdefault(code, {})
        before = facts.get(VERIFIED.get(standard, ""), Figure(Fraction(0), Fraction(0)))
        if standard in VERIFIED:
            facts[VERIFIED[standard]] = Figure(before.numerator + passed, before.denominator + 1)
    return found


def _missing_months(reader: Reader, rubric: Rubric, period: date) -> dict[str, list[date]]:
    sql = "select township_code, period from submission_status where status = 'missing' and period between $first and $period order by period"
    found: dict[str, list[date]] = {}
    for code, month in reader.rows(sql, {"first": first_month(rubric.reading, period), "period": period}):
        found.setdefault(code, []).append(month)
    return found


def _ranked(standings: Sequence[Standing]) -> tuple[Standing, ...]:
    """With ranks; the same share of points is the same rank."""
    shares = [s.score.share for s in standings if s.score.is_ranked]
    return tuple(replace(s, rank=1 + sum(x > s.score.share for x in shares)) if s.score.is_ranked else s for s in standings)


def read_board(home: Home, reader: Reader, catalog: Catalog, period: date, rubric_key: str = "") -> Board:
    """Every township's score of the month that the reader may see. UserError where the year has no such rubric."""
    rubric = choose_rubric(catalog, period.year, rubric_key)
    acts = list_acts(home, reader.township_code)
    townships = [t for t in catalog.county.townships if reader.township_code in (None, t.code)]
    marks = {t.code: read_marks(acts, rubric.key, t.code, period) for t in townships}
    findings = find_contradictions(reader, catalog, period)
    claims = _claims(reader, period, findings, {code: rulings for code, (_, rulings) in marks.items()})
    figures, overdue, verified = _figures(reader, rubric, period), _overdue(reader, rubric, period), _verified(claims)
    standings = []
    for t in townships:
        facts = verified.get(t.code, {}) | ({"hazards_overdue": overdue[t.code]} if t.code in overdue else {})
        known = figures.get(t.code, {}) | facts
        standings.append(Standing(t.code, t.name, known, marks[t.code][0], score_township(rubric, known, marks[t.code][0])))
    return Board(rubric, period, _ranked(standings), tuple(claims), tuple(findings), tuple(acts), _missing_months(reader, rubric, period))
