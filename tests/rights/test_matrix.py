"""Every role at every door, own and other township: all and only what is allowed gets through, on http and on the websocket."""

from __future__ import annotations

import csv
import io
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from dashboard.shell import HIDDEN, NEEDED, PAGES
from pipelines.access.model import RIGHTS
from pipelines.access.sessions import token_key
from pipelines.catalog.load import load_catalog
from pipelines.home import Home
from pipelines.reports.table import list_tables
from pipelines.warehouse.reader import open_reader
from tests.rights.floor import OTHER, OWN, ROLES
from tests.serve import Closed, Tab

VIEWS = [path for group in [*PAGES.values(), HIDDEN] for path, _, _ in group]
OUTSIDE = ("nobody", "closed", "ended", "forged", "new")
TABLES = tuple(list_tables(load_catalog()))
ADMIN_TABLES = ("audit",)


def _township_codes(answer: httpx.Response) -> set[str]:
    return {row["township_code"] for row in csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))) if row.get("township_code")}


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("who", ROLES)
def test_a_table_goes_to_those_who_may_have_it_and_only_their_rows(floor, who, table):
    allowed = "read_audit" in RIGHTS[who] if table in ADMIN_TABLES else True
    answer = floor.get(who, f"/export/{table}.csv")
    assert answer.status_code == (200 if allowed else 404)
    if allowed and who == "township_clerk":
        assert _township_codes(answer) <= {OWN}
    elif allowed and table not in ADMIN_TABLES:
        full = open_reader(floor.board.home).rows(f'select count(distinct township_code) from "{table}"')[0][0]
        assert len(_township_codes(answer)) == full > 1 or full == 0


@pytest.mark.parametrize("table", [t for t in TABLES if t not in ADMIN_TABLES])
@pytest.mark.parametrize("asked", [f"township_code={OTHER}", f"township_code={OTHER}&columns=township_code", f"township_code=420324&township_code={OTHER}",
                                   f"township_code={OWN}%27%20or%20%271%27%3D%271", "period=2000-01..2099-12"])  # fmt: skip
def test_a_township_clerk_gets_no_other_township_s_row_however_he_asks(floor, table, asked):
    answer = floor.get("township_clerk", f"/export/{table}.csv?{asked}")
    assert answer.status_code in (200, 404)
    assert _township_codes(answer) <= {OWN}


@pytest.mark.parametrize("who", OUTSIDE)
def test_whoever_has_no_valid_session_gets_nothing(floor, who):
    paths = ["/", *(f"/{v}" for v in VIEWS), "/whoami", "/static/index.html", "/_stcore/health", "/_stcore/host-config", "/media/x", "/_stcore/metrics",
             "/index.html", "/export/relief.csv", "/export/relief.xlsx", "/export/audit.csv", f"/files/template/{OWN}/2026-10.xlsx", "/files/original/000001", "/bulletin/2026-10.xlsx", "/bulletin/2026-10.html", f"/files/summary/{OWN}/2026-10/month.docx", "/logout", "/auth/login", "/auth/logout", "/oauth2callback", "/component/x"]  # fmt: skip
    for path in paths:
        answer = floor.get(who, path)
        fits = answer.status_code == 401 if who != "new" else answer.status_code == 303 and answer.headers["location"].startswith("/password")
        assert fits or (who == "new" and path == "/logout"), (path, answer.status_code)
        assert "龙坝" not in answer.text
    with pytest.raises(Closed):
        Tab(floor.board, floor.cookies[who])


@pytest.mark.parametrize("who", ROLES)
def test_the_bulletin_goes_to_those_who_see_all_townships(floor, who):
    for ending in ("xlsx", "html"):
        answer = floor.get(who, f"/bulletin/2026-10.{ending}")
        assert answer.status_code == (200 if "oversee" in RIGHTS[who] else 404)
        assert ("龙坝" in answer.text) == (ending == "html" and "oversee" in RIGHTS[who])
    for path in ("2026-13.xlsx", "2031-01.html", "2026-10.exe", "..%2f2026-10.html"):
        assert floor.get(who, f"/bulletin/{path}").status_code in (400, 404)


@pytest.mark.parametrize("code", [OWN, OTHER, "420324"])
@pytest.mark.parametrize("who", ROLES)
def test_a_summary_goes_to_those_who_may_see_the_place(floor, who, code):
    answer = floor.get(who, f"/files/summary/{code}/2026-09/month.docx")
    allowed = who != "township_clerk" or code == OWN
    assert answer.status_code == (200 if allowed else 404)
    assert (answer.content[:2] == b"PK") == allowed


@pytest.mark.parametrize("path", ["420324107/2026-99/month.docx", "420324107/2026-09/week.docx", "000000000/2026-09/month.docx", "420324107/2026-09/month.pdf", "..%2f..%2fx/2026-09/month.docx"])
def test_a_summary_that_there_is_not_is_not_given(floor, path):
    answer = floor.get("leader", f"/files/summary/{path}")
    assert answer.status_code in (400, 404) or answer.content == floor.get("leader", "/").content


def _submission(home: Home, code: str) -> str:
    return open_reader(home).rows("select max(submission_id) from submission where township_code = $code", {"code": code})[0][0]


@pytest.mark.parametrize("code", [OWN, OTHER])
@pytest.mark.parametrize("who", ROLES)
def test_files_go_to_those_who_may_upload_for_the_township(floor, who, code):
    allowed = "upload" in RIGHTS[who] and (who != "township_clerk" or code == OWN)
    for path in (f"/files/template/{code}/2026-10.xlsx", f"/files/original/{_submission(floor.board.home, code)}"):
        answer = floor.get(who, path)
        assert answer.status_code == (200 if allowed else 404), path
        assert (answer.content[:2] == b"PK") == allowed
        assert not allowed or answer.headers["content-disposition"].startswith("attachment")


@pytest.mark.parametrize("path", ["/files/template/420324107/2026-99.xlsx", "/files/template/..%2f..%2fx/2026-10.xlsx", "/files/original/999999", "/files/original/000001' or '1'='1",
                                  "/files/original/..%2f..%2fprivate%2fid_number.key", "/files/template/000000000/2026-10.xlsx"])  # fmt: skip
def test_a_file_that_there_is_not_is_not_given(floor, path):
    answer = floor.get("county_clerk", path)  # what matches no route is Streamlit's empty page
    assert answer.status_code in (400, 404) or answer.content == floor.get("county_clerk", "/").content


TRICKS = ["/export/../export/relief.csv", "//export/relief.csv", "/login/../export/relief.csv", "/healthz/../export/relief.csv", "/export/%2e%2e/relief.csv", "/EXPORT/relief.csv",
          "/login%2f..%2fexport%2frelief.csv", "/healthz;/export/relief.csv", "/login?x=/export/relief.csv", "/healthz%00/export/relief.csv", "/./export/relief.csv",
          "/static/../../data/private/accounts.sqlite3", "/static/%2e%2e/%2e%2e/requirements.txt", "/export/..%2f..%2fprivate%2faccounts.csv"]  # fmt: skip


@pytest.mark.parametrize("path", TRICKS)
def test_no_spelling_of_a_path_gets_around_the_door(floor, path):
    import socket
    from urllib.parse import urlsplit

    place = urlsplit(floor.board.address)
    for who in ("nobody", "township_clerk"):
        cookie = f"Cookie: {floor.cookies[who]}\r\n" if floor.cookies[who] else ""
        with socket.create_connection((place.hostname, place.port), timeout=20) as line:
            line.sendall(f"GET {path} HTTP/1.1\r\nHost: {place.netloc}\r\n{cookie}Connection: close\r\n\r\n".encode())
            answer = b"".join(iter(lambda: line.recv(65536), b""))
        assert b"recipient_name" not in answer or (who == "township_clerk" and OTHER.encode() not in answer)
        assert b"SQLite" not in answer and b"streamlit[auth]" not in answer


SPOOFED = [{"X-Union-Board-Session": "{key}"}, {"X_Union_Board_Session": "{key}"}, {"x-union-board-SESSION": "open"}, {"X-Remote-User": "admin"}, {"X-Forwarded-For": "127.0.0.1"},
           {"X-Forwarded-User": "admin"}, {"Forwarded": "for=127.0.0.1"}, {"X-Original-URL": "/login"}, {"X-Rewrite-URL": "/healthz"}]  # fmt: skip


@pytest.mark.parametrize("headers", SPOOFED, ids=lambda h: next(iter(h)))
def test_no_header_makes_somebody_else(floor, headers):
    key = token_key(floor.cookies["county_clerk"].partition("=")[2])
    told = {name: value.format(key=key) for name, value in headers.items()}
    assert floor.get("nobody", "/export/relief.csv", headers=told).status_code == 401
    assert _township_codes(floor.get("township_clerk", "/export/relief.csv", headers=told)) <= {OWN}
    with pytest.raises(Closed):
        Tab(floor.board, headers=told)
    tab = Tab(floor.board, floor.cookies["township_clerk"], headers=told)
    assert "水坪镇" not in tab.run("relief")
    tab.close()


@pytest.mark.parametrize("origin", ["https://evil.example", "http://127.0.0.1:1", "null", "", "http://localhost.evil.example"])
def test_no_foreign_page_opens_a_websocket(floor, origin):
    with pytest.raises(Closed):
        Tab(floor.board, floor.cookies["leader"], origin=origin)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_no_foreign_page_writes(floor, method):
    for path in ("/_stcore/upload_file/a/b", "/logout", "/password", "/login", "/export/relief.csv"):
        for origin in ("https://evil.example", "null", None):
            headers = floor.headers("county_clerk") | ({"Origin": origin} if origin else {})
            assert httpx.request(method, floor.board.address + path, headers=headers).status_code == 403


@pytest.mark.parametrize("who", ROLES)
def test_a_role_sees_its_pages_and_no_other_on_the_websocket(floor, who):
    words = {"system": "新增账号", "upload": "放入月报表格", "explore": "要看的表", "targets": "灯按它亮"}
    for path, mark in words.items():
        tab = Tab(floor.board, floor.cookies[who])
        told = tab.run(path)
        tab.close()
        assert (mark in told) == (NEEDED[path] in RIGHTS[who]), path


@pytest.mark.parametrize("who", ROLES)
def test_every_page_opens_for_those_who_may_and_shows_no_name_in_full(floor, who):
    full = {n for (n,) in open_reader(floor.board.home).rows("select distinct recipient_name from relief_all where length(recipient_name) > 1")}
    assert len(full) > 10
    for path, title, _ in [*(p for pages in PAGES.values() for p in pages), *HIDDEN]:
        tab = Tab(floor.board, floor.cookies[who])
        told = tab.run(path, "form=relief&sum=amount&township=龙坝镇" if path == "trace" else "table=帮扶救助台账" if path == "explore" else "")
        tab.close()
        assert (f'topline">{title}' in told) == (NEEDED.get(path, "view") in RIGHTS[who]), path
        assert "出了问题" not in told and [name for name in full if name in told] == [], path


@pytest.mark.parametrize("who", ROLES)
def test_only_whoever_reviews_may_set_targets(floor, who):
    tab = Tab(floor.board, floor.cookies[who])
    told = tab.run("targets")
    tab.close()
    assert ("设定或修改目标" in told) == ("review" in RIGHTS[who])


@pytest.mark.parametrize("query", ["", "township=水坪镇", "township=%E6%B0%B4%E5%9D%AA%E9%95%87&reading=%E6%9C%AC%E5%B9%B4%E7%B4%AF%E8%AE%A1"])
@pytest.mark.parametrize("view", [v for v in VIEWS if v != "system"])
def test_no_page_tells_a_township_clerk_of_another_township(floor, view, query):
    tab = Tab(floor.board, floor.cookies["township_clerk"])
    told = tab.run(view, query)
    tab.close()
    assert "finding" in told and "龙坝镇" in told and "出了问题" not in told
    asked = query.count("水坪镇")  # the address that was sent is sent back
    others = {t.name for t in load_catalog().county.townships if t.code != OWN}
    assert [name for name in others if told.count(name) > (asked if name == "水坪镇" else 0) * told.count("query_string")] == []


@pytest.mark.parametrize("asked", ["indicator=relief_amount", "indicator=org_union_rate&union=x", "form=register&sum=workers", "form=relief&where=category=生活救助"])
def test_a_township_clerk_opens_the_own_figures_alone(floor, asked):
    tab = Tab(floor.board, floor.cookies["township_clerk"])
    told = tab.run("trace", f"{asked}&township=水坪镇")
    tab.close()
    assert "finding" in told and "龙坝镇" in told and "出了问题" not in told
    others = {t.name for t in load_catalog().county.townships if t.code != OWN} - {"水坪镇"}
    assert [name for name in others if name in told] == [] and "水坪镇2026" not in told


def test_one_person_s_open_page_cannot_be_taken_over_by_another(floor):
    tab = Tab(floor.board, floor.cookies["county_clerk"])
    told = tab.run("relief", "township=水坪镇")
    session_id = told.partition('session_id: "')[2].partition('"')[0]
    tab.close()
    assert session_id
    other = Tab(floor.board, floor.cookies["township_clerk"], headers={"Sec-WebSocket-Protocol": f"streamlit, x, {session_id}"})
    assert "水坪镇" not in other.run("relief")
    other.close()


def test_sql_and_html_in_a_filter_are_only_words(floor):
    for value in ("'; drop table relief; --", "<script>alert(1)</script>", "\\", '" or 1=1 --', "%' or '1'='1"):
        answer = floor.get("leader", "/export/relief.csv", params={"category": value})
        assert answer.status_code == 200 and len(answer.text.splitlines()) == 1
        answer = floor.get("leader", "/export/relief.csv", params={value: "1"})
        assert answer.status_code == 404 and answer.headers["content-type"].startswith("text/plain")
    for query in ("township=<script>alert(1)</script>", "period=';drop", "reading=%00", "part=<b>"):
        tab = Tab(floor.board, floor.cookies["admin"])
        assert "<script>alert(1)" not in tab.run("overview", query).replace(query, "")
        tab.close()


def test_roles_at_the_same_time_do_not_mix(floor):
    def walk(who: str) -> bool:
        tab = Tab(floor.board, floor.cookies[who])
        fits = all(("水坪镇" in tab.run(view)) == (who != "township_clerk") for view in ("overview", "relief", "safety", "coverage"))
        tab.close()
        return fits

    with ThreadPoolExecutor(6) as pool:
        assert all(pool.map(walk, ["township_clerk", "leader", "admin"] * 3))
