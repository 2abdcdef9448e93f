"""`--place` on the command line: a table, a summary and an account of one place of a province."""

from __future__ import annotations

import csv
import json

import pytest

from pipelines.access.accounts import find_account
from pipelines.audit.log import read_records
from pipelines.catalog.load import load_catalog
from pipelines.commandline.main import main
from pipelines.demo.levels import list_places
from pipelines.home import Home
from pipelines.warehouse.reader import open_reader
from tests.demo_homes import copy_demo


def rows(path) -> list[dict[str, str]]:
    """The lines of an exported table."""
    return list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))


def test_a_table_of_a_place_has_its_subtree_under_its_own_names(province_home, tmp_path):
    out = tmp_path / "a.csv"
    assert main(["export", "indicator_value", "--place", "澄江市", "--out", str(out)]) == 0
    assert {r["township_code"] for r in rows(out)} == {line[0] for line in list_places("province") if line[0].startswith("9902")}
    assert main(["export", "relief", "--place", "990202", "--out", str(out)]) == 0
    assert {(r["township_code"], r["township"]) for r in rows(out)} == {("990202100", "南屏镇"), ("990202101", "云台乡")}


def test_a_place_that_is_none_is_told(province_home, tmp_path, capsys):
    assert main(["export", "relief", "--place", "城关镇", "--out", str(tmp_path / "a.csv")]) == 2
    assert "没有“城关镇”这个地方" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["export", "relief", "--out", "a.csv"], ["summary", "--period", "2026-10", "--out", "a.docx"], ["check-text", "README.md", "--period", "2026-10"],
                                   ["national-return", "--year", "2027", "--out", "a.xlsx"], ["users", "add", "li", "--role", "leader"]])  # fmt: skip
@pytest.mark.parametrize("named", ["990102", "望江县"])
def test_a_county_that_is_named_as_a_township_is_told_with_the_option_that_takes_it(province_home, capsys, words, named):
    assert main([*words, "--township", named]) == 2
    assert f"“{named}”不是乡镇，是乡镇以上的地方（990102 望江县）。要整个望江县，请改用 --place 990102。" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["template", "--period", "2026-10", "--out", "a"], ["lock", "--period", "2026-10"], ["remind", "--period", "2026-10"], ["nil", "--period", "2026-10"], ["score"], ["check", "README.md"]])
def test_a_county_that_is_named_where_only_townships_go_is_told_with_its_townships(province_home, capsys, words):
    assert main([*words, "--township", "990202"]) == 2
    assert "“990202”不是乡镇" in (told := capsys.readouterr().err) and "请填它下面的一个乡镇：990202100 南屏镇、990202101 云台乡。" in told
    assert main([*words, "--township", "990299"]) == 2
    assert "没有乡镇“990299”，或有几个同名的。" in capsys.readouterr().err


def test_the_county_of_a_home_of_one_is_no_township_either(demo_home, tmp_path, capsys):
    assert main(["lock", "--period", "2026-10", "--township", "420324"]) == 2
    assert "“420324”不是乡镇，是乡镇以上的地方（420324 竹溪县）。请填它下面的一个乡镇：420324100 城关镇、" in capsys.readouterr().err
    assert main(["national-return", "--year", "2027", "--township", "420324", "--out", str(tmp_path / "a.xlsx")]) == 0, "where a county's figures go too, its code does"


@pytest.mark.parametrize(("asked", "title"), [(["--place", "9901"], "云川市"), (["--township", "990102101"], "渡口镇"), ([], "青岚省")])
def test_a_summary_is_of_the_place(province_home, tmp_path, capsys, asked, title):
    assert main(["summary", "--period", "2026-10", *asked, "--out", str(tmp_path / "a.docx"), "--json"]) == 0
    assert title in json.loads(capsys.readouterr().out)["title"]


@pytest.mark.parametrize(("asked", "title"), [(["--place", "9901"], "云川市"), (["--place", "990102"], "望江县"), (["--township", "990102101"], "渡口镇"), ([], "青岚省")])
def test_a_national_return_is_of_the_place(province_home, tmp_path, capsys, asked, title):
    assert main(["national-return", "--year", "2027", *asked, "--out", str(tmp_path / "a.xlsx"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["title"].startswith(title) and told["given"] > 20


def test_a_draft_is_held_against_the_figures_of_its_place(province_home, tmp_path, capsys):
    draft = str(tmp_path / "a.docx")
    assert main(["summary", "--period", "2026-10", "--place", "990102", "--out", draft]) == 0
    capsys.readouterr()
    assert main(["check-text", draft, "--period", "2026-10", "--place", "990102", "--json"]) == 0
    assert [f["status"] for f in json.loads(capsys.readouterr().out)["findings"]].count("agrees") > 20
    assert main(["check-text", draft, "--period", "2026-10", "--place", "9902"]) == 1
    assert "[不一致]" in capsys.readouterr().out


def test_a_place_without_reports_is_told_in_words_for_every_document(province_home, tmp_path, capsys):
    (tmp_path / "a.txt").write_text("建会率 90%。", "utf-8")
    for words in (["national-return", "--year", "2011", "--out", str(tmp_path / "a.xlsx")], ["check-text", str(tmp_path / "a.txt"), "--period", "2011"]):
        assert main([*words, "--place", "990102"]) == 2
        told = capsys.readouterr().err
        assert "望江县在这段时间没有报送" in told and "总结" not in told


DOCUMENTS = [
    ["summary", "--period", "2026-10", "--out", "a.docx"],
    ["national-return", "--year", "2027", "--out", "a.xlsx"],
    ["bulletin", "--period", "2026-10", "--out", "a"],
]


@pytest.mark.parametrize("words", DOCUMENTS, ids=lambda words: words[0])
def test_a_document_leaves_only_when_that_is_recorded(province_home, tmp_path, monkeypatch, capsys, words):
    def refuse(*_):
        raise OSError

    monkeypatch.setattr("pipelines.audit.log._append", refuse)
    assert main([*words[:-1], str(tmp_path / words[-1]), "--place", "9901"]) == 2
    assert "操作记录写不进去" in capsys.readouterr().err and list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("words", DOCUMENTS, ids=lambda words: words[0])
def test_the_record_tells_the_place_of_a_document(province_home, tmp_path, words):
    assert main([*words[:-1], str(tmp_path / words[-1]), "--place", "9901"]) == 0
    assert list(read_records(province_home))[-1].event.township_code == "9901"


def test_a_bulletin_compares_the_children_of_the_place(province_home, tmp_path):
    assert main(["bulletin", "--period", "2026-10", "--place", "9902", "--out", str(tmp_path)]) == 0
    page = next(tmp_path.glob("*.html")).read_text("utf-8")
    assert "澄江市工会工作月度通报" in page and "松原县" in page and "红岩镇" not in page
    assert "全市" in page and "各县主要指标" in page and "全县" not in page and "个乡镇" not in page


def test_an_account_is_limited_to_a_place(province, home, capsys):
    (home.overlay).mkdir(parents=True)
    (home.overlay / "places.csv").write_text((province.overlay / "places.csv").read_text("utf-8"), "utf-8")
    assert main(["users", "add", "wang", "--role", "leader", "--place", "云川市"]) == 0
    person = find_account(home, "wang").person
    assert (person.place_code, person.township_code) == ("9901", None)
    assert main(["users", "add", "li", "--role", "admin", "--place", "云川市"]) == 2


TWINS = ("临溪县城关镇", "望江县城关镇", "松原县城关镇")  # three townships of one name


@pytest.fixture
def own_province(home) -> Home:
    """The demo province, to be written to."""
    copy_demo(home, months=2, level="province")
    return home


def test_every_township_has_a_template_of_its_own(province_home, tmp_path):
    assert main(["template", "--all", "--period", "2026-11", "--out", str(tmp_path)]) == 0
    names = {p.name for p in tmp_path.iterdir()}
    assert len(names) == len(load_catalog(overlay=province_home.overlay).county.townships) and {f"{twin}2026年11月工会月报.xlsx" for twin in TWINS} <= names


def test_townships_of_one_name_are_told_apart(own_province, capsys):
    for words in (["status", "--period", "2026-10"], ["score", "--period", "2026-10"], ["remind", "--period", "2026-11"]):
        assert main(words) == 0
        told = capsys.readouterr().out
        assert all(twin in told for twin in TWINS), words


def test_a_township_reports_nil_under_its_code(own_province, capsys):
    code = next(t.code for t in load_catalog(overlay=own_province.overlay).county.townships if t.name == "城关镇")
    assert main(["nil", "--township", code, "--period", "2026-11"]) == 0
    assert open_reader(own_province).rows("select township_code from submission where period = date '2026-11-01'") == [(code,)]


def test_the_monthly_bulletin_that_leaves_by_itself_is_that_of_the_command(own_province, tmp_path, monkeypatch):
    monkeypatch.setenv("UNION_BOARD_DELIVERY_DIR", str(tmp_path / "sent"))
    assert main(["bulletin", "--period", "2026-10", "--out", str(tmp_path / "asked")]) == 0
    assert main(["deliver", "--period", "2026-10", "--force"]) == 0
    (asked,), (sent,) = (list((tmp_path / folder).glob("*通报*.html")) for folder in ("asked", "sent"))
    assert asked.name == sent.name and asked.read_text("utf-8") == sent.read_text("utf-8")
