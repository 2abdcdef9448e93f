"""Every figure that is shown with a link, on every view, opens to rows that add up to it: cards, cells of tables, points of charts."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from decimal import Decimal
from html import unescape
from urllib.parse import parse_qs, urlsplit

import numpy
import pytest

from dashboard.components.rows_behind import exact
from dashboard.shell import PAGES
from dashboard.traced import read_traced
from pipelines.catalog.period import parse_period
from pipelines.catalog.reading import READINGS
from pipelines.reports.numbers import figure
from pipelines.warehouse.reader import open_reader
from pipelines.warehouse.trace import Place, names_unions, read_totals
from tests.app_test import AppTest
from tests.dashboard.opening import open_address, words

VIEWS = [path for group in PAGES.values() for path, _, _ in group]
LINKED = {"overview", "coverage", "relief", "competition", "safety", "rights", "services", "issues"}  # the others show files, lists, forms and scores first
LINK = re.compile(r'<a class="figure" href="([^"]+)"[^>]*>(.*?)</a>(?:<small>(.*?)</small>)?', re.S)


@dataclass(frozen=True)
class Opened:
    """What the rows behind an address add up to."""

    value: Decimal | None  # None: a ratio without a denominator, or no figure at all
    unit: str
    at_least: bool
    rows: int

    def spellings(self) -> set[str]:
        """The ways in which a view may write it."""
        if self.value is None:
            return {"无数据", "—"}
        text, unit = figure(float(self.value), self.unit, self.at_least)
        plain = exact(self.value, self.at_least)
        return {text, f"{text} {unit}", f"{text}{unit}", plain, f"{float(self.value):,.0f}"} | ({"—"} if not self.value else set())


def open_rows(reader, catalog, address: str) -> Opened:
    """Adds up the rows behind an address by the same query as the page."""
    told = parse_qs(urlsplit(address).query, keep_blank_values=True)
    traced = read_traced(catalog, {k: v[0] for k, v in told.items()}, told.get("where", ()))
    codes = {t.name: t.code for t in catalog.county.townships}
    reading = {name: key for key, name in READINGS.items()}[told.get("reading", ["本月"])[0]]
    township, union = codes.get(told.get("township", [""])[0]), told.get("union", [None])[0]
    sums, rows, bound = [], 0, False
    for _, measure in traced.measures:
        place = Place(reading, parse_period(told["period"][0]), township, union if names_unions(catalog, measure) else None, traced.indicator.code if traced.indicator else "")
        totals = read_totals(reader, catalog, measure, place, "")
        sums.append(totals[0].value or Decimal(0) if totals else Decimal(0))
        rows, bound = rows + sum(t.rows for t in totals), bound or any(t.at_least for t in totals)
    value = sums[0] if len(sums) == 1 else sums[0] / sums[1] if sums[1] else None
    return Opened(value, traced.unit, bound, rows)


def links_of(app: AppTest) -> list[tuple[str, str]]:
    """(address, what is shown) of every linked figure in the view's own HTML."""
    found = [(unescape(a), re.sub(r"<[^>]+>|[●▲■○]", "", unescape(text)).strip(), unit or "") for a, text, unit in LINK.findall(words(app))]
    return [(a, f"{text} {unescape(unit)}".strip()) for a, text, unit in found]


def points_of(app: AppTest) -> list[tuple[str, float]]:
    """(address, value) of every linked point of the view's charts."""
    found = []
    for chart in app.get("plotly_chart"):
        for trace in json.loads(chart.proto.spec)["data"]:
            values = _numbers(trace["x"] if trace.get("orientation") == "h" or len(set(map(str, trace["y"]))) == 1 and len(trace["y"]) == 2 else trace["y"])
            found += [(a, v) for a, v in zip(trace.get("customdata", [""] * len(values)), values, strict=True) if a and v is not None]
    return found


def _numbers(values: list | dict) -> list:
    """Plotly packs arrays of numbers as base64."""
    return numpy.frombuffer(base64.b64decode(values["bdata"]), dtype=values["dtype"]).tolist() if isinstance(values, dict) else values


@pytest.mark.parametrize(("reading", "township"), [("本月", "全部乡镇"), ("本年累计", "龙坝镇")])
@pytest.mark.parametrize("path", VIEWS)
def test_what_is_shown_with_a_link_is_the_sum_of_the_rows_behind_it(demo_home, catalog, path, reading, township):
    place = "" if township == "全部乡镇" else f"&township={township}"
    app, reader = open_address(f"/{path}?reading={reading}{place}"), open_reader(demo_home)
    assert not app.exception
    wrong = []
    for address, shown in links_of(app):
        opened = open_rows(reader, catalog, address)
        plain = shown.partition(" ")[0] if not shown.endswith(("万元", "亿元")) else shown  # a card may count in a word of its own
        fits = opened.rows == 1 if shown.endswith("行") else not opened.spellings().isdisjoint((shown, plain))
        if not fits:
            wrong.append((shown, opened, address))
    for address, value in points_of(app):
        opened = open_rows(reader, catalog, address)
        if opened.value is None or not any(abs(float(opened.value) * scale - value) < 0.006 for scale in (1, 100, 0.0001)):
            wrong.append((value, opened, address))
    assert wrong == []
    assert links_of(app) or path not in LINKED


@pytest.mark.parametrize("address", ["/coverage", "/relief?reading=本年累计", "/issues", "/township?township=龙坝镇", "/rights", "/safety"])
def test_every_row_that_is_named_as_a_source_opens(demo_home, catalog, address):
    app = open_address(address)
    rows = re.findall(r"第 \d+ 行", words(app))
    opening = [(a, shown) for a, shown in links_of(app) if re.search(r"第 \d+ 行$", shown)]
    assert not app.exception and rows and len(opening) == len(rows)
    assert {open_rows(open_reader(demo_home), catalog, a).rows for a, _ in opening} == {1}
