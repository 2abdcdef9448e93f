"""The bulletin: every figure is the warehouse's, words follow signs, the workbook has native charts, the page is two sheets."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from datetime import date
from io import BytesIO

import openpyxl
import pytest
from playwright.sync_api import sync_playwright

from pipelines.access.model import Person
from pipelines.faults import UserError
from pipelines.reports.bulletin.facts import Place, read_bulletin
from pipelines.reports.bulletin.page import make_page
from pipelines.reports.bulletin.wording import tell_change, tell_head, tell_line, tell_part, tell_places, tell_returns, tell_target
from pipelines.reports.bulletin.workbook import HEADS, make_workbook
from pipelines.warehouse.reader import open_reader
from pipelines.warehouse.scope import make_scope
from tests.chromium import CHROMIUM, NEEDS_CHROMIUM

MONTH = date(2026, 10, 1)


@pytest.fixture(scope="module")
def bulletin(demo, catalog):
    return read_bulletin(open_reader(demo), catalog, MONTH)


@pytest.fixture(scope="module")
def book(bulletin):
    return openpyxl.load_workbook(BytesIO(make_workbook(bulletin)[1]))


def _front(book) -> dict[str, tuple]:
    rows = list(book["通报"].iter_rows(values_only=True))
    start = next(n for n, row in enumerate(rows) if row[0] == HEADS[0])
    return {row[0]: row for row in rows[start + 1 :] if row[1]}


def test_every_figure_of_the_workbook_is_the_warehouses(book, demo, catalog):
    found = _front(book)
    sql = "select i.name, v.value::double, y.value::double from indicator_value v join indicator_year y using (township_code, period, indicator) join indicator i using (indicator) where v.period = $p and v.township_code = $c"
    known = {name: (month, year) for name, month, year in open_reader(demo).rows(sql, {"p": MONTH, "c": catalog.county.code})}
    wanted = {catalog.indicator(code).name for s in catalog.sections for code in s.indicators}
    assert set(found) == wanted & set(known) and len(found) > 40
    for name, row in found.items():
        assert (row[2], row[5]) == pytest.approx(known[name]), name


def test_the_change_to_last_month_is_over_those_who_reported_both(book, demo, catalog):
    sql = """select sum(n.numerator)::double / sum(n.denominator) - sum(b.numerator)::double / sum(b.denominator) from indicator_value n join indicator_value b using (township_code, indicator)
        where n.indicator = 'org_union_rate' and n.period = '2026-10-01' and b.period = '2026-09-01' and township_code <> $c"""
    change = open_reader(demo).rows(sql, {"c": catalog.county.code})[0][0]
    assert _front(book)["建会率"][3] == pytest.approx(round(change * 100, 1))


def test_a_part_ranks_the_townships_and_sets_apart_those_without_a_figure(book, bulletin):
    part = next(p for p in bulletin.parts if p.section.key == "organisation")
    rows = list(book["组织建设"].iter_rows(values_only=True))
    start = next(n for n, row in enumerate(rows) if row[0] == "乡镇") + 1
    shown = [row[:3] for row in rows[start : start + 15]]
    values = [row[2] for row in shown if row[1] != "—"]
    assert values == sorted(values, reverse=True) and len(values) == len(part.places)
    assert all(row[1] == 1 + sum(v > row[2] for v in values) for row in shown[: len(values)])
    assert [row[0] for row in shown if row[2] == "无数据"] == list(part.without) == ["桃源乡", "向坝乡"]


def test_each_part_has_its_own_sheet_with_native_charts(bulletin):
    with zipfile.ZipFile(BytesIO(make_workbook(bulletin)[1])) as file:
        charts = [n for n in file.namelist() if n.startswith("xl/charts/chart")]
    given = [p for p in bulletin.parts if p.leading and p.places]
    assert len(charts) == len(given) + sum(len(p.trend) > 1 for p in given) >= 12


@pytest.mark.skipif(not shutil.which("soffice"), reason="没有安装 LibreOffice")
def test_libreoffice_opens_the_workbook(bulletin, tmp_path):
    name, content = make_workbook(bulletin)
    (tmp_path / name).write_bytes(content)
    subprocess.run([shutil.which("soffice"), f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(tmp_path / name)],
                   check=True, capture_output=True, timeout=180)  # fmt: skip
    pdf = (tmp_path / f"{name[:-5]}.pdf").read_bytes()
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf)) >= len(bulletin.parts) + 3


@NEEDS_CHROMIUM
def test_the_page_prints_on_two_sheets_and_fetches_nothing(bulletin, tmp_path):
    (tmp_path / "page.html").write_bytes(make_page(bulletin)[1])
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page, asked = browser.new_page(), []
        page.on("request", lambda r: asked.append(r.url))
        page.goto(f"file://{tmp_path}/page.html")
        page.emulate_media(media="print")
        spilt = page.evaluate("[...document.querySelectorAll('section')].map(s => s.scrollHeight - s.clientHeight)")
        pdf = page.pdf(prefer_css_page_size=True)
        browser.close()
    assert spilt == [0, 0] and len(asked) == 1
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf)) == 2


def test_the_page_says_what_the_facts_say_and_escapes_names(bulletin):
    strange = replace(bulletin, county="<b>某县</b>")
    text = make_page(strange)[1].decode()
    assert "<b>某县</b>" not in text and "&lt;b&gt;某县" in text and "演示数据" in text
    assert "演示数据" not in make_page(replace(bulletin, demo=False))[1].decode()
    for part in bulletin.parts:
        assert tell_part(part) in text


@pytest.mark.parametrize(
    ("now", "before", "unit", "words"),
    [
        (0.86, 0.85, "%", "比上月提高 1.0 个百分点"), (0.85, 0.86, "%", "比上月下降 1.0 个百分点"), (0.85, 0.8504, "%", "与上月持平"),
        (12, 9, "件", "比上月增加 3 件"), (9, 12, "件", "比上月减少 3 件"), (9, 9, "件", "与上月持平"), (None, 9, "件", ""), (9, None, "件", ""), (30000, 10000, "元", "比上月增加 2.00 万元"),
    ],
)  # fmt: skip
def test_a_word_of_growth_follows_the_sign(now, before, unit, words):
    assert tell_change(now, before, unit, "上月") == words


def test_no_sentence_claims_what_has_no_figure(bulletin):
    part = next(p for p in bulletin.parts if p.section.key == "organisation")
    line = part.leading
    assert "建会率" in tell_line(line) and "目标" in tell_target(line)
    bare = replace(line, month_before=None, target=None)
    assert tell_line(bare) == f"建会率 {line.month * 100:.1f}%"
    assert tell_places(replace(part, places=part.places[:1])) == ""
    assert "没有乡镇报送" in tell_part(replace(part, lines=()))
    assert tell_head(replace(bulletin, targets=())) == "本月没有可以对照目标的指标。"


def test_all_who_share_a_place_are_named(bulletin):
    part = next(p for p in bulletin.parts if p.section.key == "organisation")
    values = [("甲", 1.0), ("乙", 1.0), ("丙", 0.8), ("丁", 0.5), ("戊", 0.5), ("己", 0.5), ("庚", 0.5)]
    places = tuple(Place(name, value, False, "none") for name, value in values)
    assert tell_places(replace(part, places=places)) == "最高的是甲、乙（100.0%），最低的是丁、戊、己等 4 个乡镇（50.0%）"


def test_at_least_is_carried_through(bulletin):
    part = next(p for p in bulletin.parts if p.section.key == "culture")
    assert "≥ " in tell_line(replace(part.leading, at_least=True))
    of_year = replace(part.leading, of_year=True, target=500.0, pace=100.0, light="green", year=120.0, year_at_least=True, at_least=False)
    assert tell_target(of_year).startswith("本年累计 ≥ 120 ") and tell_target(replace(of_year, year_at_least=False, at_least=True)).startswith("本年累计 120 ")
    book = openpyxl.load_workbook(BytesIO(make_workbook(replace(bulletin, targets=(of_year,)))[1]))
    assert f"{of_year.name}（不少于）" in [row[0] for row in book["目标完成"].iter_rows(values_only=True)]


def test_a_year_s_figure_has_no_month_s_change_beside_it(bulletin):
    line = replace(bulletin.targets[0], name="某率", unit="%", year=0.513, target=0.85, pace=None, month=0.6, month_now=0.6, month_before=0.606, at_least=False, year_at_least=False)

    def told(of_year: bool) -> list[str]:
        row = make_page(replace(bulletin, targets=(replace(line, of_year=of_year),)))[1].decode().partition("<td>某率</td>")[2].partition("</tr>")[0]
        return re.findall(r"<td>(.*?)</td>", row)

    assert told(of_year=True) == ["51.3%", "85.0%", "—", "—"]
    assert told(of_year=False) == ["60.0%", "85.0%", "—", "↓ 0.6 个百分点"]


def test_the_returns_are_counted(bulletin):
    assert tell_returns(bulletin).startswith("应报 15 个乡镇，已报 13 个") and "桃源乡、向坝乡未报" in tell_returns(bulletin)


def test_a_month_without_returns_and_a_township_get_a_clear_answer(demo, catalog):
    with pytest.raises(UserError, match="还没有乡镇报送"):
        read_bulletin(open_reader(demo), catalog, date(2031, 1, 1))
    scope = make_scope(catalog, Person("longba", "", "township_clerk", "420324107"))
    with pytest.raises(UserError, match="全县"):
        read_bulletin(open_reader(demo, scope=scope), catalog, MONTH)
