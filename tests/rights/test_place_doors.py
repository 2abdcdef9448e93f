"""An account of a place at every door of a province's board: its own subtree and nothing beside it, whatever the address asks for."""

from __future__ import annotations

import csv
import io

import pytest

from dashboard.request import COOKIE
from pipelines.access.accounts import add_account, change_password, find_account
from pipelines.access.sessions import start_session
from pipelines.faults import UserError
from pipelines.home import Home
from tests.demo_homes import copy_demo
from tests.rights.floor import FIRST, SECOND, Floor
from tests.serve import Tab, serving

PEOPLE = {  # account -> role, township, place
    "province": ("leader", None, None), "city": ("leader", None, "9902"), "county": ("county_clerk", None, "990201"), "town": ("township_clerk", "990201100", None),
}  # fmt: skip
SEES = {"province": ("99",), "city": ("9902",), "county": ("990201",), "town": ("990201100",)}  # how the codes of all that they see begin
OUTSIDE = ["99", "9901", "990102", "990102100", "nowhere", "9902'--", "..%2f990201"]
OTHERS = ("云川市", "临溪县", "望江县", "渡口镇")


@pytest.fixture(scope="module")
def board(tmp_path_factory):
    """A running board of the demo province with an account at each level."""
    home = Home(tmp_path_factory.mktemp("places"))
    copy_demo(home, months=2, level="province")
    cookies = {}
    for who, (role, township, place) in PEOPLE.items():
        add_account(home, who, role, township_code=township, place_code=place, password=FIRST, by="测试")
        change_password(home, who, FIRST, SECOND)
        cookies[who] = f"{COOKIE}={start_session(home, find_account(home, who).person, 'password', 'test')}"
    with serving(home) as running:
        yield Floor(running, cookies)


def codes(answer) -> set[str]:
    """The townships and places of an export's rows."""
    return {row["township_code"] for row in csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))) if row.get("township_code")}


@pytest.mark.parametrize("table", ["relief", "indicator_value", "indicator_quarter", "submission_status", "standard_progress", "problem"])
@pytest.mark.parametrize("who", PEOPLE)
def test_an_export_has_the_own_subtree_only(board, who, table):
    found = codes(board.get(who, f"/export/{table}.csv"))
    assert found or table == "problem"
    assert all(code.startswith(SEES[who]) for code in found)


@pytest.mark.parametrize("asked", OUTSIDE)
@pytest.mark.parametrize("who", ["city", "county", "town"])
def test_a_place_outside_is_refused_at_every_door(board, who, asked):
    for path in (f"/export/relief.csv?place={asked}", f"/export/indicator_value.xlsx?place={asked}&township_code=990201100", f"/bulletin/2026-10.html?place={asked}",
                 f"/files/summary/{asked}/2026-10/month.docx", f"/files/template/{asked}/2026-10.xlsx"):  # fmt: skip
        answer = board.get(who, path)
        assert answer.status_code in (400, 404), path
        assert not any(name in answer.text for name in OTHERS)


@pytest.mark.parametrize("code", ["990101100", "990102100", "990202100"])
def test_a_county_s_clerk_gets_nothing_of_another_county_s_township(board, code):
    assert board.get("county", f"/files/template/{code}/2026-10.xlsx").status_code == 404
    assert codes(board.get("county", f"/export/register.csv?township_code={code}")) == set()
    assert board.get("county", f"/files/summary/{code}/2026-10/month.docx").status_code == 404
    originals = [board.get("county", f"/files/original/{n:06d}").status_code for n in range(1, 27)]
    assert originals.count(200) == 4  # two townships, two months


def test_the_own_doors_are_open(board):
    assert board.get("county", "/files/template/990201101/2026-10.xlsx").status_code == 200
    assert board.get("town", "/files/template/990201100/2026-10.xlsx").status_code == 200
    assert codes(board.get("city", "/export/relief.csv?place=990202")) == {"990202100", "990202101"}
    assert codes(board.get("province", "/export/indicator_value.csv?township_code=990202")) == {"990202", "990202100", "990202101"}
    page = board.get("city", "/bulletin/2026-10.html").text
    assert "澄江市" in page and "松原县" in page and "红岩镇" not in page
    assert board.get("city", "/files/summary/990202/2026-10/month.docx").status_code == 200


@pytest.mark.parametrize("view", ["", "relief", "trace", "explore"])
@pytest.mark.parametrize("asked", ["990102", "99"])
def test_a_page_refuses_a_place_outside(board, view, asked):
    tab = Tab(board.board, board.cookies["city"])
    text = tab.run(view, f"place={asked}&indicator=org_unit_total")
    tab.close()
    assert "没有这个地方" in text
    assert not any(name in text for name in OTHERS)


def test_a_page_says_who_is_signed_in_and_opens_the_own_place(board):
    for who, role, place in (("city", "澄江市市领导", "全市"), ("county", "松原县县工会干事", "全县"), ("town", "城关镇乡镇填报员", "城关镇"), ("province", "省领导", "全省")):
        tab = Tab(board.board, board.cookies[who])
        text = tab.run("overview")
        tab.close()
        assert role in text and place in text


def test_only_leaders_and_county_clerks_are_limited_to_a_place(home):
    with pytest.raises(UserError, match="只有领导和工会干事"):
        add_account(home, "root", "admin", place_code="9901", password=FIRST, by="测试")
