"""SQL in every filter of every table and page, on the routes, the pages and the command line: a refusal or an empty answer, and the warehouse stays whole."""

from __future__ import annotations

import hashlib
import re
from itertools import cycle
from pathlib import Path
from urllib.parse import quote

import pytest

from dashboard.asof import KEY as RELEASE
from dashboard.routes import PIVOT
from dashboard.shell import pages_of
from pipelines.access.accounts import find_account
from pipelines.access.model import Person
from pipelines.audit.log import verify_chain
from pipelines.catalog.load import load_catalog
from pipelines.commandline.main import main
from pipelines.faults import UserError
from pipelines.home import Home
from pipelines.reports.table import Selection, list_tables, read_table, table_columns
from pipelines.warehouse.reader import open_reader
from pipelines.warehouse.scope import make_scope
from tests.serve import Tab

TABLES = list(list_tables(load_catalog()))
SQL = (
    "' or '1'='1", "'; drop table relief; --", '" or 1=1 --', "x' union select * from submission --", "1); attach '/tmp/x.duckdb' as x; --", "$first", "?", "%", "\\' or 1=1 --",
    "x'; copy relief to '/tmp/stolen.csv'; --", "read_csv('/etc/passwd')", "\x00' or 1=1", "＇ or 1=1 --", "2026-10' or 1=1", "420324107' or 1=1", "1e999", "null", "1=1",
)  # fmt: skip
PAGES = {
    "period": ("2026年10月' or 1=1 --",), "township": ("' or '1'='1", "龙坝镇'; drop table relief; --"), "reading": ('" or 1=1 --',), "part": ("x' union select 1",), RELEASE: ("000001' or 1=1 --", "../../private/x"),
    "table": ("relief; drop table relief",), "first": ("2026-10' or 1=1",), "field": ('amount" or 1=1 --',), "field=救助类别&value": ("' or '1'='1", "'; drop table relief; --"),
}  # fmt: skip


def fingerprint(home: Home) -> dict[str, str]:
    """What every file of the warehouse and of the releases holds."""
    files = [p for p in (*home.releases.rglob("*"), *home.warehouse.parent.glob("*.duckdb*")) if p.is_file()]
    return {str(p): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


@pytest.fixture(autouse=True)
def whole(request):
    """Whatever a test tries, no file of the warehouse changes, the record holds, and nothing is written beside it."""
    home = request.getfixturevalue("floor").board.home if "floor" in request.fixturenames else request.getfixturevalue("demo")
    before = fingerprint(home)
    yield
    assert before and fingerprint(home) == before and verify_chain(home).fault == ""
    assert not Path("/tmp/stolen.csv").exists() and not Path("/tmp/x.duckdb").exists()


def is_empty(answer) -> bool:
    text = answer.content.decode("utf-8-sig")
    return len(text.splitlines()) == 1 and "," in text if answer.status_code == 200 else answer.status_code == 404 and text.endswith("。")


@pytest.mark.parametrize("table", TABLES)
def test_every_column_of_every_table_takes_sql_for_a_word(demo, catalog, table):
    reader = open_reader(demo, scope=make_scope(catalog, Person("l", "l", "leader"), export=True))
    for name, word in zip(table_columns(reader, catalog, table), cycle(SQL), strict=False):
        assert read_table(reader, catalog, Selection(table, where={name: word})).read_all().num_rows == 0, (name, word)
    assert read_table(reader, catalog, Selection(table, township_code=SQL[0])).read_all().num_rows == 0
    for word in SQL:
        for wrong in (Selection(table, where={word: "1"}), Selection(table, columns=(word,)), Selection(word)):
            with pytest.raises(UserError, match="没有"):
                read_table(reader, catalog, wrong)


@pytest.mark.parametrize("table", TABLES)
def test_no_word_of_an_address_is_sql(floor, table):
    for word in (SQL[0], SQL[TABLES.index(table) % len(SQL)]):
        for asked in ({"period": word}, {"township_code": word}, {"columns": word}, {word: "1"}, {"state": word}, {RELEASE: word}, {RELEASE: "../releases/000001"},
                      *({PIVOT[0]: "township_code", key: word} for key in PIVOT[1:]), {PIVOT[0]: word}):
            answer = floor.get("admin", f"/export/{table}.csv", params=asked)
            assert is_empty(answer), (asked, answer.status_code, answer.text[:200])
        name = quote(table + word.replace("/", "_"), safe="")  # what matches no route is Streamlit's empty page
        assert floor.get("admin", f"/export/{name}.csv").status_code in (400, 404)


@pytest.mark.parametrize("word", [w for w in SQL if "\x00" not in w])
def test_no_word_of_another_route_is_sql(floor, word):
    for path in (f"/files/template/{quote(word, safe='')}/2026-10.xlsx", f"/files/template/420324107/{quote(word, safe='')}.xlsx", f"/files/original/{quote(word, safe='')}",
                 f"/files/marked/{quote(word, safe='')}.xlsx", f"/files/returned/{quote(word, safe='')}.xlsx", f"/bulletin/{quote(word, safe='')}.xlsx"):  # fmt: skip
        answer = floor.get("county_clerk", path)
        assert answer.status_code in (400, 404) or answer.content == floor.get("county_clerk", "/").content, path  # what matches no route is Streamlit's empty page


def test_no_word_of_a_page_s_address_is_sql(floor):
    paths = [("county_clerk", p) for pages in pages_of(find_account(floor.board.home, "county_clerk").person).values() for p, _, _ in pages]
    for who, path in [*paths, ("admin", "system")]:
        for key, words in PAGES.items():
            if (key.startswith("field") or key in ("table", "first")) != (path == "explore"):
                continue
            for word in words:
                tab = Tab(floor.board, floor.cookies[who])
                told = tab.run(path, f"table=帮扶救助台账&{key}={quote(word)}" if key.startswith("field") else f"{key}={quote(word)}")
                tab.close()
                assert "出了问题" not in told and "FINISHED_SUCCESSFULLY" in told, (path, key, word)
                assert "value" not in key or "符合条件的有 0 行" in told


TRACED = ("indicator={}", "form={}&sum=amount", "form=relief&sum={}", "form=relief&sum=amount&where={}", "form=relief&sum=amount&where=category%3D{}", "form=relief&where=amount%3E%3D{}",
          "form=register&where=has_union%3D{}", "form=relief&sum=amount&township=龙坝镇&union={}", "indicator=mig_out&township=龙坝镇&page={}", "form=monthly&sum=value&where=source_row%3D{}")  # fmt: skip
NUMBERS = ("NaN", "-Infinity", "1e999", "9" * 40, "0x10", "1|2", "")


@pytest.mark.parametrize("asked", TRACED)
def test_no_word_that_opens_a_figure_is_sql(floor, asked):
    tab = Tab(floor.board, floor.cookies["leader"])
    for word in (*NUMBERS, SQL[0], SQL[1], SQL[2]):
        told = tab.run("trace", asked.replace("{}", quote(word)))
        assert "数据出处" in told and "出了问题" not in told and "FINISHED_SUCCESSFULLY" in told, (asked, word)
    tab.close()


def test_no_word_on_the_command_line_is_sql(demo_home, tmp_path, capsys):
    out = str(tmp_path / "a.csv")
    for table, word in zip(TABLES, cycle(SQL), strict=False):
        for words in (["--period", word], ["--township", word], ["--where", f"township_code={word}"], ["--where", f"{word}=1"], ["--by", word]):
            (tmp_path / "a.csv").unlink(missing_ok=True)
            code = main(["export", table, *words, "--out", out])
            lines = (tmp_path / "a.csv").read_text("utf-8-sig").splitlines() if code == 0 else []
            assert (code == 0 and len(lines) == 1) or (code == 2 and not (tmp_path / "a.csv").exists()), (table, words, code, lines[:2])
            assert code == 0 or re.search(r"[\u4e00-\u9fff]", capsys.readouterr().err)
        assert main(["export", table + word, "--out", out]) == 2
        assert main(["status", "--period", word]) == 2 and main(["template", "--township", word, "--period", "2026-10", "--out", str(tmp_path)]) == 2
