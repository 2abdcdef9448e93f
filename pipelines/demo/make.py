"""Writes the demo county's workbooks and loads them the way a county's own files are loaded."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from multiprocessing import get_context
from pathlib import Path
from random import Random

from pipelines.catalog.load import load_catalog
from pipelines.catalog.model import Catalog, Township
from pipelines.catalog.period import due_date, name_period, shift_period
from pipelines.demo import rows as make
from pipelines.demo.county import QUALITY, Employer, make_employers, move_on
from pipelines.demo.issues import issue_rows
from pipelines.demo.levels import write_places
from pipelines.demo.marks import write_marks
from pipelines.demo.monthly import make_monthly
from pipelines.demo.seldom import add_seldom_rows
from pipelines.home import Home
from pipelines.intake.load import LoadReport, load_files
from pipelines.intake.report import FileReport
from pipelines.reports.template import monthly_rows, write_template

LAST = date(2026, 10, 1)
MARK = "demo.json"
ABSENT = ("桃源乡", "向坝乡")  # have not reported the last month
FILLED_BY = "演示填报员"


@dataclass(slots=True)
class Workbook:
    """One workbook to be written and loaded."""

    township: Township
    period: date
    received_at: datetime
    rows: dict[str, list[dict]]
    version: int = 1
    county: str = ""  # told where the home holds several

    @property
    def name(self) -> str:
        """`龙坝镇2026年3月工会月报.xlsx`, a correction with 更正 behind it."""
        suffix = {0: "初稿", 1: "", 2: "更正"}[self.version]
        return f"{self.county}{self.township.name}{name_period(self.period)}工会月报{suffix}.xlsx"


@dataclass(slots=True)
class _Place:
    township: Township
    quality: float
    random: Random
    employers: list[Employer]
    so_far: dict[str, Decimal] = field(default_factory=dict)


def _places(catalog: Catalog, seed: int, start: date) -> list[_Place]:
    places = []
    for township in catalog.county.townships:
        random = Random(zlib.crc32(f"{seed}{township.code}".encode()))
        places.append(_Place(township, QUALITY.get(township.name, 0.75), random, make_employers(random, township, start)))
    return places


def _received(place: _Place, due: date) -> datetime:
    late = place.random.random() < 0.16 - 0.14 * place.quality
    on = due + timedelta(days=place.random.randint(1, 4)) if late else due - timedelta(days=place.random.randint(0, 4))
    return datetime.combine(on, time(place.random.randint(8, 17), place.random.randint(0, 59)))


def _fill(place: _Place, catalog: Catalog, period: date, months: int) -> dict[str, list[dict]]:
    random, employers, quality, name = place.random, place.employers, place.quality, place.township.name
    move_on(random, employers, period, months == 0, catalog, quality)
    monthly = make_monthly(random, catalog, name, quality, months, period, employers, place.so_far)
    competition = make.competition_rows(random, employers, period, quality)
    if random.random() < 0.06:
        competition = [{"date": "零报告"}]
    rows = {
        "register": make.register_rows(employers, period),
        "standards": make.standards_rows(employers, period),
        "relief": make.relief_rows(random, employers, period, quality),
        "competition": competition,
        "safety": make.safety_rows(random, employers, period, quality),
        "rights": make.rights_rows(random, employers, period, quality),
        "activity": make.activity_rows(random, employers, period),
        "monthly": monthly_rows(catalog, monthly),
        "issues": issue_rows(period, name, quality),
    }
    add_seldom_rows(rows, name, employers, period, quality)
    return rows


def _special_events(book: Workbook) -> None:
    """What a leader would remember: an accident, wages recovered, a group petition, a large payment."""
    unions = [r["union_name"] for r in book.rows["standards"]]
    if book.township.name == "水坪镇" and book.period == shift_period(LAST, -2):
        book.rows["safety"].append({
            "date": book.period.replace(day=19), "union_name": unions[-1], "category": "事故", "participants": 0, "accident_level": "一般",
            "deaths": 0, "severe_injuries": 0, "minor_injuries": 1, "loss": 26000, "note": "机器夹伤手指，已停工整改",
        })  # fmt: skip
    if book.township.name == "泉溪镇" and book.period == shift_period(LAST, -1):
        book.rows["rights"].append({
            "date": book.period.replace(day=11), "union_name": unions[0], "category": "外出维权", "cases": 1, "people": 23, "settled": 1,
            "recovered": 235000, "note": "为 23 名务工人员讨回拖欠工资",
        })  # fmt: skip
    if book.township.name == "汇湾镇" and book.period == LAST:
        book.rows["relief"].append({
            "date": book.period.replace(day=16), "union_name": unions[0], "category": "医疗救助", "recipient_kind": "困难职工", "recipients": 1, "amount": 12000,
            "source": "上级专项", "note": "重大疾病",
        })  # fmt: skip
    if book.township.name == "天宝乡" and book.period == LAST:
        book.rows["rights"].append({
            "date": book.period.replace(day=22), "union_name": unions[0], "category": "集体上访", "cases": 1, "people": 14, "settled": 0,
            "note": "反映砂石企业拖欠工资，已会同劳动监察介入",
        })  # fmt: skip


def _spoilt(book: Workbook) -> Workbook:
    """The same month with mistakes that people really make; it will be refused."""
    rows = {key: [dict(r) for r in values] for key, values in book.rows.items()}
    rows["relief"][0]["amount"] = "约3000元"
    rows["relief"][1]["category"] = "温暖慰问"
    rows["register"][0]["members"] = rows["register"][0]["workers"] + 12
    rows["safety"][0]["date"] = shift_period(book.period, -2)
    return replace(book, rows=rows, version=0, received_at=book.received_at - timedelta(hours=5))


def _corrected(book: Workbook) -> Workbook:
    rows = {"relief": [dict(r) for r in book.rows["relief"]]}
    rows["relief"][0]["amount"] += 200
    return replace(book, rows={**book.rows, **rows}, version=2, received_at=book.received_at + timedelta(days=3))


def plan_demo(catalog: Catalog, months: int, seed: int) -> list[Workbook]:
    """Every workbook of the demo in order of arrival: first versions, corrections, and one that will be refused."""
    start = shift_period(LAST, 1 - months)
    places = _places(catalog, seed, start)
    counties = {p.township.code: catalog.places.county_of(p.township.code).name if catalog.places.is_deep() else "" for p in places}
    books = []
    for number in range(months):
        period = shift_period(start, number)
        for index, place in enumerate(places):
            book = Workbook(place.township, period, _received(place, due_date(catalog, period)), _fill(place, catalog, period, number), county=counties[place.township.code])
            if period == LAST and place.township.name in ABSENT and months > 1:
                continue
            _special_events(book)
            books.append(book)
            if (number * 15 + index) % 67 == 40:
                books.append(_corrected(book))
            if period == shift_period(LAST, -1) and place.township.name == "龙坝镇":
                books.append(_spoilt(book))
    return sorted(books, key=lambda b: (b.period, b.received_at))


def _write(job: tuple[Path, str, date, dict, Path | None]) -> None:
    path, township_code, period, rows, overlay = job
    catalog = load_catalog(overlay=overlay)
    write_template(path, catalog, catalog.township(township_code), period, rows, FILLED_BY)


def write_workbooks(folder: Path, books: list[Workbook], overlay: Path | None = None) -> list[Path]:
    """Writes the workbooks on all cores; returns their paths in the same order. `overlay` tells of the places where they are not the code's county."""
    paths = [folder / b.period.strftime("%Y-%m") / b.name for b in books]
    jobs = [(p, b.township.code, b.period, b.rows, overlay) for p, b in zip(paths, books, strict=True)]
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        list(pool.map(_write, jobs, chunksize=12))
    return paths


def make_demo(
    home: Home, months: int = 24, seed: int = 7, progress: Callable[[int, int, FileReport], None] | None = None, level: str = "county"
) -> LoadReport:
    """Writes the demo into the home, marks the home as a demo, and loads every workbook under its own date of arrival; then people's marks.

    The demo is the code's county or, of the level `city` or `province`, an invented one with a few small counties.
    """
    if level != "county":
        write_places(home, level)
    catalog = load_catalog(overlay=home.overlay)
    books = plan_demo(catalog, months, seed)
    paths = write_workbooks(home.demo, books, home.overlay if catalog.places.is_deep() else None)
    (home.path / MARK).write_text(json.dumps({"months": months, "seed": seed, "workbooks": len(books)}), "utf-8")
    received = {p: b.received_at for p, b in zip(paths, books, strict=True)}
    report = load_files(home, catalog, paths, by=FILLED_BY, received_at=received.__getitem__, progress=progress)
    write_marks(home, catalog)
    return report
