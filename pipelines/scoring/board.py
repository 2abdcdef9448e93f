"""Reads one release and the journal into every township's score of a month, its rank, and the checked self-check.

Of places above the townships the self-check is checked township by township and added up: two townships may have unions of one name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from statistics import median

from pipelines.catalog.model import Catalog
from pipelines.catalog.period import shift_period
from pipelines.catalog.places import TOWNSHIP
from pipelines.catalog.reading import first_month
from pipelines.catalog.scoring import Rubric, find_rubric
from pipelines.faults import UserError
from pipelines.home import Home
from pipelines.scoring.contradictions import Finding, find_contradictions, read_sql
from pipelines.scoring.engine import Marks, Score, score_township
from pipelines.scoring.figure import Figure
from pipelines.scoring.journal import Act, list_acts, read_marks
from pipelines.scoring.selfcheck import Claim, Rulings, Tally, read_claims, read_tallies
from pipelines.warehouse.marts import figure_table
from pipelines.warehouse.reader import Reader

VERIFIED = {"eight_haves": "eight_haves_verified", "six_committees": "six_committees_verified"}  # standard -> fact


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
    tallies: dict[str, dict[str, Tally]]  # township_code -> standard
    verdicts: dict[str, Counter[str]]  # township_code -> how many findings of each verdict
    claims: tuple[Claim, ...]  # none where they are added up: a province has a million
    findings: tuple[Finding, ...]  # the same
    acts: tuple[Act, ...]
    missing_months: dict[str, list[date]]  # township_code -> months of the span without a return

    def tally(self, standard: str, township_code: str | None = None) -> Tally:
        """The standard's tally of one township, or of all."""
        wanted = self.tallies.values() if township_code is None else [self.tallies.get(township_code, {})]
        return sum((told.get(standard, Tally()) for told in wanted), Tally())

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


def _verified(tallies: Mapping[str, Tally]) -> dict[str, Figure]:
    """Fact -> unions that have all items of the standard, of all unions."""
    return {VERIFIED[standard]: Figure(Fraction(t.verified), Fraction(t.unions)) for standard, t in tallies.items() if standard in VERIFIED}


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


def is_added_up(catalog: Catalog) -> bool:
    """Whether the places that are compared lie above the townships."""
    places = catalog.places.places
    return any(t.code in places and places[t.code].level != TOWNSHIP for t in catalog.county.townships)


def _marks(acts: Sequence[Act], rubric: Rubric, period: date) -> tuple[dict[str, Marks], Rulings]:
    """Both by township, of those that have any act."""
    by_township: dict[str, list[Act]] = {}
    for act in acts:
        by_township.setdefault(act.township_code, []).append(act)
    found = {code: read_marks(own, rubric.key, code, period) for code, own in by_township.items()}
    return {code: marks for code, (marks, _) in found.items()}, {code: rulings for code, (_, rulings) in found.items()}


def _as_places(tallies: dict[str, dict[str, Tally]], places: Mapping[str, str]) -> dict[str, dict[str, Tally]]:
    """The townships' tallies by the place that each lies in."""
    found: dict[str, dict[str, Tally]] = {}
    for code, told in tallies.items():
        mine = found.setdefault(places.get(code, code), {})
        for standard, tally in told.items():
            mine[standard] = mine.get(standard, Tally()) + tally
    return found


def _verdicts(findings: Iterable[Finding], places: Mapping[str, str]) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {}
    for f in findings:
        found.setdefault(places.get(f.township_code, f.township_code), Counter())[f.rule.verdict] += 1
    return found


def read_board(home: Home, reader: Reader, catalog: Catalog, period: date, rubric_key: str = "", below: Reader | None = None) -> Board:
    """Every township's score of the month that the reader may see; of places that are added up `below` reads the townships under their own codes.
    UserError where the year has no such rubric."""
    rubric = choose_rubric(catalog, period.year, rubric_key)
    acts = list_acts(home, reader.township_code)
    townships = [t for t in catalog.county.townships if reader.township_code in (None, t.code)]
    places = {p.code: t.code for t in townships for p in catalog.places.below(t.code)} if below else {}
    findings = find_contradictions(below or reader, catalog, period)
    marks, rulings = _marks(acts, rubric, period)
    tallies = _as_places(read_tallies(below or reader, period, findings, rulings), places)
    figures, overdue = _figures(reader, rubric, period), _overdue(reader, rubric, period)
    standings = []
    for t in townships:
        facts = _verified(tallies.get(t.code, {})) | ({"hazards_overdue": overdue[t.code]} if t.code in overdue else {})
        known, given = figures.get(t.code, {}) | facts, marks.get(t.code, Marks())
        standings.append(Standing(t.code, t.name, known, given, score_township(rubric, known, given)))
    claims = () if below else read_claims(reader, period, findings, rulings)
    told = {"tallies": tallies, "verdicts": _verdicts(findings, places), "claims": tuple(claims), "findings": () if below else tuple(findings)}
    return Board(rubric, period, _ranked(standings), acts=tuple(acts), missing_months=_missing_months(reader, rubric, period), **told)
