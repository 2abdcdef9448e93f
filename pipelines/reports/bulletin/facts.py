"""What a bulletin tells, in numbers only: read from one release, by the parts of the catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from pipelines.catalog.levels import COUNTY, Words, words_of
from pipelines.catalog.model import Catalog, Section
from pipelines.catalog.period import name_period, shift_period
from pipelines.faults import UserError
from pipelines.warehouse.reader import Reader

SQL = Path(__file__).parent
MONTHS = 12  # of a trend


@dataclass(frozen=True, slots=True)
class Line:
    """One indicator of the county: shares as fractions, money in yuan, None where there is no figure.

    `month_now` and `month_before` are over the townships that reported both months, `year_now` and `year_before` likewise for the month a year ago.
    `target` holds for the month, or, where `of_year`, for the year so far; `pace` is the part of a year's target that the months gone by ask for.
    """

    indicator: str
    name: str
    unit: str
    direction: str
    month: float | None
    year: float | None
    at_least: bool
    year_at_least: bool | None
    month_now: float | None
    month_before: float | None
    year_now: float | None
    year_before: float | None
    target: float | None
    pace: float | None
    attainment: float | None
    light: str
    revised: bool
    of_year: bool

    @property
    def aimed(self) -> tuple[float | None, bool]:
        """The figure that the target is for, and whether it is a lower bound."""
        return (self.year, bool(self.year_at_least)) if self.of_year else (self.month, self.at_least)

    @property
    def moved(self) -> tuple[float | None, float | None]:
        """Both sides of that figure's change to last month; a year's figure is not compared with the month's."""
        return (None, None) if self.of_year else (self.month_now, self.month_before)


@dataclass(frozen=True, slots=True)
class Place:
    """A township's figure of a part's leading indicator."""

    township: str
    value: float | None
    at_least: bool
    light: str


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the bulletin: its lines, the townships from best to worst, those without a figure, and twelve months of the leading indicator."""

    section: Section
    lines: tuple[Line, ...]
    places: tuple[Place, ...]
    without: tuple[str, ...]
    trend: tuple[tuple[date, float], ...]

    @property
    def leading(self) -> Line | None:
        """The line by which the townships are ranked; None when nobody gave it."""
        return next((line for line in self.lines if line.indicator == self.section.leading), None)


@dataclass(frozen=True, slots=True)
class Return:
    """How a township's return of the month stands."""

    township: str
    state: str
    status: str
    received_at: datetime | None
    due: date
    on_time: bool
    versions: int
    nil_return: bool
    supplementary: bool
    corrected: bool
    open_warnings: int


@dataclass(frozen=True, slots=True)
class Bulletin:
    """All that a month's bulletin tells."""

    county: str
    period: date
    release: str
    demo: bool
    parts: tuple[Part, ...]
    targets: tuple[Line, ...]
    returns: tuple[Return, ...]
    words: Words = COUNTY

    @property
    def title(self) -> str:
        """`竹溪县工会工作月度通报`."""
        return f"{self.county}工会工作月度通报"

    @property
    def issue(self) -> str:
        """`2026年10月（第10期）`."""
        return f"{name_period(self.period)}（第{self.period.month}期）"


def _sql(name: str) -> str:
    return (SQL / f"{name}.sql").read_text("utf-8")


def _rank(places: list[Place], direction: str) -> tuple[Place, ...]:
    known = [p for p in places if p.value is not None]
    return tuple(sorted(known, key=lambda p: (p.value if direction == "down" else -p.value, p.township)))


def _part(section: Section, lines: dict[str, Line], rows: list[tuple], trend: list[tuple], townships: list[str]) -> Part:
    places = [Place(name, value, bool(at_least), light) for _, name, code, value, at_least, light, _ in rows if code == section.leading]
    leading = lines.get(section.leading)
    ranked = _rank(places, leading.direction if leading else "up")
    shown = {p.township for p in ranked}
    return Part(
        section,
        tuple(lines[code] for code in section.indicators if code in lines),
        ranked,
        tuple(name for name in townships if name not in shown),
        tuple((period, value) for code, period, value in trend if code == section.leading and value is not None),
    )


def read_bulletin(reader: Reader, catalog: Catalog, period: date) -> Bulletin:
    """The month's facts for the whole county. UserError where the month has no return yet, or the reader does not see the whole county."""
    if reader.township_code:
        raise UserError("月度通报是全县的。", "请由县工会生成。")
    returns = [Return(*row) for row in reader.rows(_sql("returns"), {"period": period})] if reader.release else []
    if not any(r.state != "missing" for r in returns):
        raise UserError(f"{name_period(period)}还没有乡镇报送，写不出通报。", "请换一个月份，或等乡镇报送以后再生成。")
    place = catalog.county.code
    months = {"period": period, "last_month": shift_period(period, -1), "last_year": shift_period(period, -12)}
    lines = {line.indicator: line for line in (Line(*row) for row in reader.rows(_sql("lines"), months | {"place": place}))}
    leading = ",".join(s.leading for s in catalog.sections)
    rows = reader.rows(_sql("places"), {"period": period, "indicators": leading})
    trend = reader.rows(_sql("trend"), {"place": place, "period": period, "first": shift_period(period, 1 - MONTHS), "indicators": leading})
    townships = [t.name for t in catalog.county.townships]
    return Bulletin(
        catalog.county.name,
        period,
        reader.release or "",
        (reader.home.path / "demo.json").exists(),
        tuple(_part(s, lines, rows, trend, townships) for s in catalog.sections),
        tuple(line for line in lines.values() if line.target is not None),
        tuple(returns),
        words_of(catalog),
    )
