"""A workbook whose every text cell is HTML and Markdown: on no page does it become an element, run, or point anywhere, and no file starts a formula."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import httpx
import openpyxl
import pytest
import xlsxwriter
from playwright.sync_api import Page, sync_playwright

from dashboard.request import COOKIE
from dashboard.shell import pages_of
from pipelines.access.accounts import add_account, change_password, find_account
from pipelines.access.sessions import start_session
from pipelines.audit.log import read_records
from pipelines.catalog.load import load_catalog
from pipelines.demo.make import plan_demo
from pipelines.home import Home
from pipelines.intake.load import check_bytes, load_files
from pipelines.reports.export import write_export
from pipelines.reports.files import make_template, mark_problems
from pipelines.reports.pivot import Pivot, read_pivot, spread_words
from pipelines.reports.table import Selection, list_tables, read_table
from pipelines.reports.template import write_template
from pipelines.reports.words import table_words
from pipelines.warehouse.decision import Cell
from pipelines.warehouse.reader import open_reader
from pipelines.workflow.review import return_submission
from tests.chromium import CHROMIUM, settle
from tests.intake.build import GOOD, workbook
from tests.rights.floor import OWN, SECOND
from tests.serve import Board, serving

PLACES = ("城关镇", "水坪镇", "龙坝镇")
HTML = '<img src=x onerror="window.hit={n}"><a href="javascript:window.hit=2">n</a>![m](http://evil.example/{n})[m](http://evil.example/a)'
FORMULAS = ("=1+1", "+1", "-1+1", "@SUM(1)", "\t=1+1", "\r=1+1", "＝1+1", "=cmd|' /C calc'!A0")
FREE = {"indicator_code"}  # texts that have to be right for a file to be taken


def _replace(books, catalog, texts):
    """Every free text of the books replaced, the same by the same."""
    known: dict[str, str] = {}
    for book in books:
        for form in catalog.forms:
            keys = [c.key for c in form.columns if c.type == "text" and c.stored and c.key not in FREE]
            for row in book.rows[form.key]:
                row.update({k: known.setdefault(v, texts(len(known))) for k in keys if (v := row.get(k))})
    return books


def _load(home: Home, folder: Path, catalog, texts, name, **said) -> list[str]:
    books = [b for b in plan_demo(catalog, 2, 7) if b.township.name in PLACES and b.version == 1]
    paths = []
    for number, book in enumerate(_replace(books, catalog, texts)):
        paths.append(write_template(folder / f"{number}" / name(book), catalog, book.township, book.period, book.rows, texts(999)))
    report = load_files(home, catalog, paths, **said)
    refused = [(f.name, [p for p in f.problems if p.severity == "error"][:3]) for f in report.files if f.status != "loaded"]
    assert not refused, refused
    return [f.submission_id for f in report.files]


FOUND = """() => ({hit: window.hit ?? 0, images: document.querySelectorAll('img[src="x"], img[src*="evil"], svg image').length,
  links: [...document.querySelectorAll('a')].filter(a => /evil|javascript:/i.test(a.href?.baseVal ?? a.getAttribute('href') ?? '')).map(a => a.outerHTML)})"""
UNFOLD = "document.querySelectorAll('[data-testid=stExpander] summary, [data-testid=stTab]').forEach(part => part.click())"
HARMLESS = {"hit": 0, "images": 0, "links": []}
WRITTEN = "<img src=x onerror"  # as a reader should see it


@dataclass
class Room:
    """The board, and the browser's page of each of two people, whose names are HTML as well."""

    board: Board
    pages: dict[str, Page]

    def open(self, who: str, path: str, query: str = "") -> str:
        """Opens a page with everything unfolded and gives its words."""
        page = self.pages[who]
        page.goto(f"{self.board.address}/{path}?{query}")
        page.wait_for_selector("h1.finding, p.finding", timeout=30000)
        settle(page)  # the finding is there before the tables under it
        page.evaluate(UNFOLD)
        settle(page)
        return self.read(who)

    def read(self, who: str) -> str:
        """The words of the page, which nothing has become an element of."""
        assert self.pages[who].evaluate(FOUND) == HARMLESS
        return self.pages[who].inner_text("body")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory, catalog):
    """A board whose texts are all HTML: cells, file names, explanations, reasons, people."""
    home, folder = Home(tmp_path_factory.mktemp("hostile")), tmp_path_factory.mktemp("books")
    ids = _load(home, folder, catalog, lambda n: HTML.format(n=n), lambda b: f"<img src=x onerror=hit=1>{b.township.name}.xlsx", by=HTML, explanation=HTML)
    return_submission(home, catalog, ids[-1], HTML, [Cell("帮扶救助台账", "C4", HTML)], HTML)
    for who in ("county_clerk", "admin"):
        add_account(home, who, who, name=HTML, password=SECOND + "x", by=HTML)
        change_password(home, who, SECOND + "x", SECOND)
    with serving(home, UNION_BOARD_AHEAD="off") as board:
        yield board


@pytest.fixture(scope="module")
def room(hostile):
    """A real Chromium that knows two people."""
    if not CHROMIUM:
        pytest.skip("没有安装 chromium，跳过浏览器测试")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"])
        pages = {}
        for who in ("county_clerk", "admin"):
            token = start_session(hostile.home, find_account(hostile.home, who).person, "password", "test")
            context = browser.new_context(viewport={"width": 1366, "height": 900})
            context.add_cookies([{"name": COOKIE, "value": token, "url": hostile.address}])
            pages[who] = context.new_page()
        yield Room(hostile, pages)
        browser.close()


@pytest.mark.browser
def test_no_text_of_a_workbook_becomes_an_element_on_any_page(room):
    asked: list[str] = []
    seen: dict[str, int] = {}
    for who, page in room.pages.items():
        page.on("request", lambda r: asked.append(r.url))
        person = find_account(room.board.home, who).person
        for path in [p for pages in pages_of(person).values() for p, _, _ in pages if p not in seen]:
            for query in ("", "township=龙坝镇&reading=本年累计"):
                seen[path] = seen.get(path, 0) + room.open(who, "" if path == "overview" else path, query).count(WRITTEN)
    assert not [path for path, count in seen.items() if not count]  # every page shows the person's name at least
    assert min(seen[path] for path in ("coverage", "standards", "returns", "system")) > 4
    assert not [url for url in asked if "evil" in url]


@pytest.mark.browser
def test_no_text_of_a_file_becomes_an_element_while_it_is_read_and_refused(room, tmp_path):
    every = {f"{n}<img src=x onerror=hit=1>": [[HTML.format(n=n) if isinstance(v, str) else v for v in row] for row in rows] for n, rows in enumerate(GOOD.values())}
    cells = {name: [rows[0], *([HTML if isinstance(v, str) else v for v in row] for row in rows[1:])] for name, rows in GOOD.items()}
    heads = ["<img src=x onerror=hit=1>", "[m](http://evil.example)", "www.evil.example m@evil.cn", "https://evil.example"]  # a longer one is no header
    extra = {name: [[*rows[0], *heads], *([*row, *heads] for row in rows[1:])] for name, rows in GOOD.items()}
    page = room.pages["county_clerk"]
    for sheets, cover, said in ((every, (HTML, HTML), "没有"), (cells, ("城关镇", "2026-03"), "必须修改"), (extra, ("城关镇", "2026-03"), "列标题不认得")):
        room.open("county_clerk", "upload")
        before = room.read("county_clerk").count(WRITTEN)
        page.locator("input[type=file]").set_input_files({"name": "<img src=x onerror=hit=1>.xlsx", "mimeType": "application/octet-stream", "buffer": workbook(sheets, cover=cover)})
        page.wait_for_selector("text=系统这样读取您的表格", timeout=30000)
        page.wait_for_selector(f"text={said}", timeout=30000)
        settle(page)
        page.evaluate(UNFOLD)
        settle(page)
        assert room.read("county_clerk").count(WRITTEN) > before + 2


def test_the_returned_copy_is_recorded_like_the_original(hostile):
    (number,) = open_reader(hostile.home).rows("select submission_id from decision where action = 'return'")[0]
    token = start_session(hostile.home, find_account(hostile.home, "county_clerk").person, "password", "test")
    for kind in ("original", "returned"):
        ending = ".xlsx" if kind == "returned" else ""
        answer = httpx.get(f"{hostile.address}/files/{kind}/{number}{ending}", headers={"Cookie": f"{COOKIE}={token}"}, timeout=60)
        assert answer.status_code == 200 and answer.content[:2] == b"PK"
        told = list(read_records(hostile.home))[-1].event
        assert (told.action, told.actor, told.submission_id, told.detail) == ("download_original", "county_clerk", number, "带批注" if kind == "returned" else "")


@pytest.fixture(scope="module")
def formulas(tmp_path_factory, catalog):
    """A home whose texts all begin as a formula would."""
    home, folder = Home(tmp_path_factory.mktemp("formulas")), tmp_path_factory.mktemp("books")
    texts = lambda n: f"{FORMULAS[n % len(FORMULAS)]}{n}"  # noqa: E731
    ids = _load(home, folder, catalog, texts, lambda b: f"=1+1{b.township.name}.xlsx", by="@SUM(1)", explanation="=1+1")
    return_submission(home, catalog, ids[-1], "=1+1", [Cell("帮扶救助台账", "C4", "-1+1")], "+1")
    return home


def _is_number(text: str) -> bool:
    return re.fullmatch(r"-\d+(\.\d+)?", text) is not None


@pytest.mark.parametrize("table", list(list_tables(load_catalog())))
def test_no_cell_of_an_export_starts_a_formula(formulas, catalog, tmp_path, table):
    reader = open_reader(formulas)
    for ending in ("csv", "xlsx"):
        write_export(read_table(reader, catalog, Selection(table)), tmp_path / f"a.{ending}", words=table_words(catalog, table))
    cells = [cell for row in csv.reader((tmp_path / "a.csv").open(encoding="utf-8-sig", newline="")) for cell in row]
    assert not [c for c in cells if c.startswith(tuple("=+-@\t\r＝＋－＠")) and not _is_number(c)]
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0]
    assert not [c.coordinate for row in sheet.iter_rows() for c in row if c.data_type == "f"]
    if any(c.key in ("union_name", "employer", "problem") for f in catalog.forms if f.key == table for c in f.columns):
        assert [c for c in cells if c.startswith("'=")]
        assert [c.value for row in sheet.iter_rows() for c in row if str(c.value).startswith("=")]  # as it was written, a text


def test_no_heading_of_a_pivot_starts_a_formula_or_breaks_the_row(formulas, catalog, tmp_path):
    reader, pivot = open_reader(formulas), Pivot(("township_code",), "title")
    for ending in ("csv", "xlsx"):
        batches = read_pivot(reader, catalog, Selection("activity"), pivot)
        write_export(batches, tmp_path / f"a.{ending}", words=spread_words(table_words(catalog, "activity"), pivot, batches.schema.names))
    rows = list(csv.reader((tmp_path / "a.csv").open(encoding="utf-8-sig", newline="")))
    assert [h for h in rows[0] if h.startswith("'=")] and not [h for h in rows[0] if h.startswith(tuple("=+-@\t\r＝＋－＠"))]
    assert {len(row) for row in rows} == {len(rows[0])}
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0]
    assert [c.value for c in sheet[1] if str(c.value).startswith("=")] and not [c.coordinate for row in sheet.iter_rows() for c in row if c.data_type == "f"]


def test_no_cell_of_a_marked_copy_or_a_template_starts_a_formula(formulas, catalog):
    rows = {name: [rows[0], *([t if isinstance(v, str) else v for v, t in zip(row, FORMULAS * 3, strict=False)] for row in rows[1:])] for name, rows in GOOD.items()}
    report = check_bytes(formulas, catalog, "=1+1城关镇.xlsx", workbook_of_texts(rows))
    assert len([p for p in report.problems if p.severity == "error"]) > 5
    _, marked = mark_problems("a.xlsx", workbook_of_texts(rows), report.problems)
    _, template = make_template(open_reader(formulas), catalog, OWN, date(2026, 11, 1))
    for content in (marked, template):
        book = openpyxl.load_workbook(io.BytesIO(content))
        assert not [(s.title, c.coordinate) for s in book.worksheets for row in s.iter_rows() for c in row if c.data_type == "f"]
    assert any("=1+1" in str(c.value) for row in openpyxl.load_workbook(io.BytesIO(marked))["错误清单"].iter_rows() for c in row)
    assert b"=1+1" in b"".join(zipfile.ZipFile(io.BytesIO(template)).read(n) for n in zipfile.ZipFile(io.BytesIO(template)).namelist())


def workbook_of_texts(sheets: dict[str, list[list]]) -> bytes:
    """A workbook whose texts are texts, whatever they begin with."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        for name, rows in {"封面": [["填报单位", "城关镇"], ["报送月份", "2026-03"]], **sheets}.items():
            page = book.add_worksheet(name)
            for number, row in enumerate(rows):
                page.write_row(number, 0, row)
    return target.getvalue()
