"""Names of persons leave in clear only with the right, a written reason, a line in the record and a mark in the file, and each leave is good once."""

from __future__ import annotations

import csv
import io
import re
import shutil
from datetime import date, datetime

import httpx
import openpyxl
import pyarrow
import pyarrow.parquet
import pytest

from dashboard import grants as room
from dashboard.grants import Grant, give_grant, take_grant
from pipelines.access.accounts import add_account, set_disabled
from pipelines.access.model import RIGHTS
from pipelines.access.sessions import end_session, token_key
from pipelines.audit.log import read_records, verify_chain
from pipelines.commandline.main import main
from pipelines.faults import UserError
from pipelines.home import Home
from pipelines.reports.export import write_export
from pipelines.reports.mark import Mark, check_reason
from pipelines.reports.table import Selection
from pipelines.warehouse.reader import open_reader
from tests.rights.floor import OTHER, OWN, ROLES, SECOND, Floor
from tests.serve import Tab

SWITCH, REASON, BUTTON = "含个人信息（姓名不遮盖）", "导出理由", "生成下载链接"
WHY = "核对春节慰问金发放名册"
TABLE = "table=帮扶救助台账"
MASKED = re.compile(r"\w\*")
FORMATS = ("csv", "xlsx", "parquet")


def ask(floor: Floor, cookie: str, reason: str = WHY, query: str = TABLE) -> tuple[str, list[str]]:
    """What the page said, and the links that it gave."""
    tab = Tab(floor.board, cookie)
    tab.run("explore", query)
    tab.run("explore", query, values={SWITCH: True})
    told = tab.run("explore", query, values={SWITCH: True, REASON: reason, BUTTON: None})
    tab.close()
    return told, re.findall(r"/export/[^\"]*grant=[\w-]+", told)


def names_in(content: bytes, ending: str, tmp_path) -> list[str]:
    """The names of a file of relief."""
    if ending == "csv":
        return [r["recipient_name"] for r in csv.DictReader(io.StringIO(content.decode("utf-8-sig"))) if r["recipient_name"]]
    if ending == "parquet":
        return [n for n in pyarrow.parquet.read_table(io.BytesIO(content))["recipient_name"].to_pylist() if n]
    head, *rows = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True)
    return [n for row in rows if (n := row[head.index("姓名")])]


def kept_names(home: Home, where: str = "true") -> list[str]:
    return [n for (n,) in open_reader(home).rows(f"select recipient_name from relief where recipient_name is not null and {where}")]


def personal_records(home: Home) -> list:
    return [r.event for r in read_records(home) if r.event.action == "export_personal"]


@pytest.mark.parametrize("who", ROLES)
def test_only_who_may_see_persons_is_offered_the_switch(floor, who):
    tab = Tab(floor.board, floor.cookies[who])
    assert (SWITCH in tab.run("explore", TABLE)) == ("see_personal" in RIGHTS[who]) == (who == "county_clerk")
    tab.close()
    other = Tab(floor.board, floor.cookies[who])
    assert SWITCH not in other.run("explore", "table=单位与工会名册")  # no names of persons in it
    other.close()


@pytest.mark.parametrize("reason", ["", "   ", "要用", "1234567", "……！！，，"])
def test_without_a_reason_there_is_no_link_and_no_record(floor, reason):
    before = len(personal_records(floor.board.home))
    told, links = ask(floor, floor.new_cookie("county_clerk"), reason)
    assert "导出个人信息要写明理由" in told and links == []
    assert len(personal_records(floor.board.home)) == before


@pytest.mark.parametrize("ending", FORMATS)
def test_a_grant_gives_the_filtered_names_marked_and_recorded_once(floor, tmp_path, ending):
    cookie, home = floor.new_cookie("county_clerk"), floor.board.home
    _, links = ask(floor, cookie, query=f"{TABLE}&township=水坪镇&field=救助类别&value=生活救助")
    path = next(p for p in links if f".{ending}?" in p)
    assert len(links) == 3
    assert httpx.head(floor.board.address + path, headers=floor.headers(cookie)).status_code == 405  # a glance does not use it up
    answer = floor.get(cookie, path)
    assert answer.status_code == 200 and answer.headers["cache-control"] == "no-store"
    names = names_in(answer.content, ending, tmp_path)
    assert sorted(names) == sorted(kept_names(home, f"township_code = '{OTHER}' and category = '生活救助'")) and names
    told = personal_records(home)[-1]
    assert (told.actor, told.subject, told.township_code) == ("county_clerk", f"relief.{ending}", OTHER)
    assert f"水坪镇；救助类别=生活救助；理由：{WHY}" in told.detail and verify_chain(home).fault == ""
    assert floor.get(cookie, path).status_code == 404  # replayed
    assert all(floor.get(cookie, p).status_code == 404 for p in links)
    assert personal_records(home).count(told) == 1


@pytest.mark.parametrize("thief", ["leader", "township_clerk", "admin", "county_clerk"])
def test_a_link_of_another_session_gives_nothing_and_is_void_from_then_on(floor, thief):
    cookie = floor.new_cookie("county_clerk")
    _, links = ask(floor, cookie)
    before = len(personal_records(floor.board.home))
    answer = floor.get(floor.new_cookie(thief), links[0])
    assert answer.status_code == 404 and "不是给您的" in answer.text
    assert floor.get(cookie, links[0]).status_code == 404
    assert len(personal_records(floor.board.home)) == before


def test_a_link_is_dead_without_its_session(floor):
    cookie = floor.new_cookie("county_clerk")
    _, links = ask(floor, cookie)
    assert floor.get("nobody", links[0]).status_code == 401
    end_session(floor.board.home, token_key(cookie.partition("=")[2]))
    assert floor.get(cookie, links[0]).status_code == 401


@pytest.mark.parametrize("address", ["relief.csv?grant=", "relief.csv?grant=" + "x" * 32, "relief.csv?personal=1", "relief.csv?personal=true&reason=" + WHY,
                                     "relief.csv?grant=" + "x" * 32 + "&grant={token}x", "register.csv?grant={token}", "relief.exe?grant={token}"])  # fmt: skip
def test_a_made_up_address_gives_no_names(floor, address):
    cookie = floor.new_cookie("county_clerk")
    token = ask(floor, cookie)[1][0].partition("grant=")[2]
    answer = floor.get(cookie, "/export/" + address.replace("{token}", token))
    assert answer.status_code == 404 and "recipient_name," not in answer.text


def test_more_words_in_the_address_do_not_widen_a_grant(floor, tmp_path):
    cookie = floor.new_cookie("county_clerk")
    _, links = ask(floor, cookie, query=f"{TABLE}&township=水坪镇")
    answer = floor.get(cookie, f"{links[0]}&township_code={OWN}&period=2000-01..2099-12&columns=recipient_name")
    assert sorted(names_in(answer.content, "csv", tmp_path)) == sorted(kept_names(floor.board.home, f"township_code = '{OTHER}'"))


def test_a_newer_link_makes_the_older_one_void(floor):
    cookie = floor.new_cookie("county_clerk")
    first, second = ask(floor, cookie)[1], ask(floor, cookie)[1]
    assert floor.get(cookie, first[0]).status_code == 404
    assert floor.get(cookie, second[0]).status_code == 200


@pytest.mark.parametrize("ending", FORMATS)
@pytest.mark.parametrize("who", ROLES)
def test_every_other_export_has_masked_names(floor, tmp_path, who, ending):
    answer = floor.get(who, f"/export/relief.{ending}")
    names = names_in(answer.content, ending, tmp_path)
    assert names and all(MASKED.fullmatch(n) for n in names)
    assert "个人信息" not in answer.headers["content-disposition"] and "export_mark" not in answer.text


GRANT = Selection("relief", (date(2026, 1, 1), date(2026, 3, 1)), "420324107", {"category": "其他"}, ("name", "amount"), True, "000001")


@pytest.mark.parametrize("waited,good", [(119, True), (120, False), (5000, False), (-10, True)])
def test_a_grant_ends_by_the_clock_and_after_one_use(home, monkeypatch, waited, good):
    token, real = give_grant(home, "s", "wang", GRANT, WHY, 120), room.time.time()
    monkeypatch.setattr(room.time, "time", lambda: real + waited)
    if good:
        assert take_grant(home, token, "s", "wang", "relief") == Grant(GRANT, WHY)
    with pytest.raises(UserError, match="过期"):
        take_grant(home, token, "s", "wang", "relief")


@pytest.mark.parametrize("other", [("t", "wang", "relief"), ("s", "li", "relief"), ("s", "wang", "register")])
def test_a_grant_is_for_one_session_account_and_table(home, other):
    token = give_grant(home, "s", "wang", Selection("relief"), WHY)
    for who in (other, ("s", "wang", "relief")):  # shown by another it is void
        with pytest.raises(UserError):
            take_grant(home, token, *who)


def test_a_reason_is_one_line_of_words():
    assert check_reason("  核对\n慰问金\t名册 ") == "核对 慰问金 名册"
    with pytest.raises(UserError, match="太长"):
        check_reason("核" * 201)


# The command line


@pytest.fixture
def desk(demo, tmp_path, monkeypatch):
    """A copy of the demo with an account of each role."""
    home = Home(tmp_path / "home")
    shutil.copytree(demo.path, home.path)
    monkeypatch.setenv("UNION_BOARD_HOME", str(home.path))
    return home


def accounts(home: Home) -> None:
    for who in ROLES:
        add_account(home, who, who, name="王干事" if who == "county_clerk" else "", township_code=OWN if who == "township_clerk" else None, password=SECOND, by="测试")


def export(home: Home, *words: str, out: str = "a.csv") -> tuple[int, list[str]]:
    """Exit code, and the names in the file."""
    file = home.path.parent / out
    file.unlink(missing_ok=True)
    code = main(["export", "relief", *words, "--out", str(file)])
    return code, names_in(file.read_bytes(), file.suffix[1:], home.path.parent) if file.exists() else []


def test_on_the_command_line_every_role_gets_what_it_may(desk, capsys):
    accounts(desk)
    for who in ROLES:
        code, names = export(desk, "--personal", "--reason", WHY, "--by", who)
        assert (code == 0) == bool(names) == (who == "county_clerk"), who
        assert code == 0 or "不能导出个人信息" in capsys.readouterr().err
        masked = export(desk, "--by", who)[1]
        assert masked and all(MASKED.fullmatch(n) for n in masked)
    assert [e.actor for e in personal_records(desk)] == ["county_clerk"]
    assert export(desk, "--by", "township_clerk", "--township", "水坪镇") == (0, [])
    assert main(["export", "audit", "--by", "leader", "--out", str(desk.path.parent / "audit.csv")]) == 2


def test_on_the_command_line_somebody_has_to_stand_for_it_and_say_why(desk, capsys):
    for words, said in ((["--personal"], "要写明理由"), (["--personal", "--reason", "x"], "要写明理由"), (["--reason", WHY], "--personal")):
        assert export(desk, *words) == (2, []) and said in capsys.readouterr().err
    assert sorted(export(desk, "--personal", "--reason", WHY)[1]) == sorted(kept_names(desk))
    accounts(desk)
    for words, said in (([], "要写明是谁"), (["--by", "nobody"], "没有账号"), (["--by", "leader"], "不能导出个人信息")):
        assert export(desk, "--personal", "--reason", WHY, *words) == (2, []) and said in capsys.readouterr().err
    set_disabled(desk, "county_clerk", True, "测试")
    assert export(desk, "--personal", "--reason", WHY, "--by", "county_clerk") == (2, []) and "已停用" in capsys.readouterr().err
    assert main(["export", "register", "--personal", "--reason", WHY, "--by", "county_clerk", "--out", "x.csv"]) == 2


def test_a_name_in_the_filter_is_masked_in_the_record_and_the_file(desk, tmp_path):
    name = kept_names(desk)[0]
    code, names = export(desk, "--personal", "--reason", WHY, "--where", f"recipient_name={name}")
    assert code == 0 and set(names) == {name}
    assert export(desk, "--where", f"recipient_name={name}") == (0, [])
    text = (tmp_path / "home" / "audit" / "log.jsonl").read_text("utf-8")
    assert f"姓名={name[0]}*" in text and name not in text


def test_what_cannot_be_recorded_does_not_leave(desk, capsys):
    shutil.rmtree(desk.path / "audit")
    (desk.path / "audit").write_text("no folder")
    assert export(desk, "--personal", "--reason", WHY) == (2, [])
    assert "这一步没有做" in capsys.readouterr().err


def test_the_mark_says_who_when_which_rows_and_why(desk):
    accounts(desk)
    words = ["--personal", "--reason", "=HYPERLINK(核对 & 慰问金)", "--by", "county_clerk", "--township", "龙坝镇", "--where", "category=生活救助"]
    for out in ("a.csv", "a.xlsx", "a.parquet"):
        assert export(desk, *words, out=out)[0] == 0
    said = ["王干事（county_clerk）", "龙坝镇；救助类别=生活救助", "=HYPERLINK(核对 & 慰问金)", "帮扶救助台账"]
    folder = desk.path.parent
    rows = list(csv.DictReader((folder / "a.csv").open(encoding="utf-8-sig")))
    assert rows and all(s in r["export_mark"] and r["export_mark"][0] == "本" for r in rows for s in said)
    assert re.search(r"导出时间：\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", rows[0]["export_mark"])
    book = openpyxl.load_workbook(folder / "a.xlsx")
    told = {a: b for a, b in book["说明"].iter_rows(values_only=True) if a}
    assert book.worksheets[-1].title == "说明" and [told[k] for k in ("导出人", "筛选条件", "导出理由", "表")] == said
    assert all(cell.data_type == "s" for row in book["说明"].iter_rows() for cell in row if cell.value)
    for sheet in book.worksheets:
        assert "王干事（county_clerk）" in sheet.oddFooter.left.text and len(sheet.oddFooter.left.text) < 255
    meta = pyarrow.parquet.read_schema(folder / "a.parquet").metadata
    assert [meta[f"union_board_{k}".encode()].decode() for k in ("who", "filter", "reason", "table")] == said
    assert meta[b"union_board_when"][:2] == b"20"


def test_a_long_filter_fits_the_foot_of_a_page(tmp_path):
    for signs in (150, 151):
        mark = Mark("王" * (signs - 140), datetime(2026, 3, 1), "表", "&" * 500, "因" * 200)
        write_export(pyarrow.table({"a": [1]}).to_reader(), tmp_path / "a.xlsx", mark)
        text = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0].oddFooter.left.text
        assert 200 < len(text) < 255 and text.count("&") % 2 == 0
