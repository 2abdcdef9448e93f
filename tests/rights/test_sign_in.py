"""Signing in for real, over http, in each of the three ways: by password, at an identity provider on loopback, by a proxy's header."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import httpx
import pytest

from dashboard.request import COOKIE
from pipelines.access.accounts import add_account, change_password, set_disabled
from pipelines.access.sessions import find_session, token_key
from pipelines.audit.log import read_records
from pipelines.home import ROOT
from tests.ports import free_port
from tests.rights.provider import CLIENT, SECRET, Provider
from tests.serve import Closed, Tab, serving

FIRST, SECOND = "first-pass-77", "second-pass-88"
HTML = {"Accept": "text/html"}


def visit(address: str, **more) -> httpx.Client:
    """A browser's worth of client: keeps cookies, says where it comes from."""
    return httpx.Client(base_url=address, headers={"Origin": address, **HTML}, **more)


@pytest.fixture(scope="module")
def board(tmp_path_factory):
    from pipelines.home import Home
    from tests.demo_homes import copy_demo

    home = Home(tmp_path_factory.mktemp("signin"))
    copy_demo(home, months=1)
    add_account(home, "liu", "county_clerk", external="liu@county", password=FIRST, by="测试")
    with serving(home) as running:
        yield running


def sign_in(client: httpx.Client, account: str, password: str, **more: str) -> httpx.Response:
    return client.post("/login", data={"account": account, "password": password, **more})


def test_a_first_sign_in_has_to_change_the_password_before_anything_else(board):
    with visit(board.address) as client:
        assert client.get("/relief").headers["location"] == "/login?next=%2Frelief"
        answer = sign_in(client, "liu", FIRST, next="/relief")
        assert answer.headers["location"] == "/password?next=%2Frelief"
        line = answer.headers["set-cookie"]
        assert "HttpOnly" in line and "SameSite=Lax" in line and "Secure" not in line
        assert client.get("/export/relief.csv").headers["location"].startswith("/password")
        with pytest.raises(Closed):
            Tab(board, f"{COOKIE}={client.cookies[COOKIE]}")
        assert "两次输入的新密码不一样" in client.post("/password", data={"old": FIRST, "new": SECOND, "again": "x"}).text
        assert client.post("/password", data={"old": FIRST, "new": SECOND, "again": SECOND, "next": "/relief"}).headers["location"] == "/relief"
        assert client.get("/export/relief.csv").status_code == 200
        tab = Tab(board, f"{COOKIE}={client.cookies[COOKIE]}")
        assert "finding" in tab.run("relief")
        tab.close()
        change_password(board.home, "liu", SECOND, FIRST + "x", token_key(client.cookies[COOKIE]))
        change_password(board.home, "liu", FIRST + "x", FIRST, token_key(client.cookies[COOKIE]))


def test_signing_out_kills_the_cookie_for_good(board):
    with visit(board.address) as client:
        sign_in(client, "liu", FIRST)
        stolen = client.cookies[COOKIE]
        assert client.post("/logout").headers["location"] == "/login"
        assert COOKIE not in client.cookies
        replayed = httpx.get(f"{board.address}/export/relief.csv", headers={"Cookie": f"{COOKIE}={stolen}"})
        assert replayed.status_code == 401
        with pytest.raises(Closed):
            Tab(board, f"{COOKIE}={stolen}")


def test_a_closed_account_loses_its_open_tab_at_once(board):
    add_account(board.home, "wang", "leader", password=FIRST, by="测试")
    change_password(board.home, "wang", FIRST, SECOND)
    with visit(board.address) as client:
        sign_in(client, "wang", SECOND)
        tab = Tab(board, f"{COOKIE}={client.cookies[COOKIE]}")
        assert "finding" in tab.run()
        subprocess.run([sys.executable, "-m", "pipelines", "users", "disable", "wang"], cwd=ROOT, env={**os.environ, "UNION_BOARD_HOME": str(board.home.path)}, check=True)
        assert client.get("/whoami").status_code in (303, 401)
        with pytest.raises(Closed):
            tab.run("relief")
        tab.close()


def test_an_idle_tab_is_hung_up_within_seconds(board):
    with visit(board.address) as client:
        sign_in(client, "liu", FIRST)
        tab = Tab(board, f"{COOKIE}={client.cookies[COOKIE]}")
        tab.run()
        client.post("/logout")
        assert tab.wait_for_close(6)
        tab.close()


@pytest.mark.parametrize("asked", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/login", "/a\r\nSet-Cookie: x=1"])
def test_nobody_is_sent_to_another_site_after_signing_in(board, asked):
    with visit(board.address) as client:
        assert sign_in(client, "liu", FIRST, next=asked).headers["location"] == "/"


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {}, {"Sec-Fetch-Site": "cross-site"},
                                     {"Origin": "http://127.0.0.1:1", "Sec-Fetch-Site": "same-origin"}])  # fmt: skip
def test_a_form_on_another_site_can_neither_sign_in_nor_out(board, headers):
    with visit(board.address) as client:
        sign_in(client, "liu", FIRST)
        cookie = {"Cookie": f"{COOKIE}={client.cookies[COOKIE]}"}
        for path in ("/login", "/logout", "/password"):
            assert httpx.post(board.address + path, data={"account": "liu", "password": FIRST}, headers=headers | cookie).status_code == 403
        assert find_session(board.home, token_key(client.cookies[COOKIE]))


def test_the_record_tells_who_came_and_who_failed(board):
    with visit(board.address) as client:
        assert "账号或密码不对" in sign_in(client, "liu", "wrong").text
        sign_in(client, "liu", FIRST)
    last = [(r.event.action, r.event.actor) for r in read_records(board.home)][-2:]
    assert last == [("sign_in_refused", "liu"), ("sign_in", "liu")]
    assert FIRST not in (board.home.path / "audit" / "log.jsonl").read_text("utf-8")


@pytest.fixture(scope="module")
def provider():
    running = Provider()
    yield running
    running.close()


@pytest.fixture(scope="module")
def federated(board, provider, tmp_path_factory):
    secret = tmp_path_factory.mktemp("secret") / "client"
    secret.write_text(SECRET)
    port = free_port()
    settings = {"UNION_BOARD_SIGN_IN": "oidc", "UNION_BOARD_ADDRESS": f"http://127.0.0.1:{port}", "UNION_BOARD_OIDC_CLIENT": CLIENT,
                "UNION_BOARD_OIDC_METADATA": f"{provider.address}/.well-known/openid-configuration", "UNION_BOARD_OIDC_SECRET_FILE": str(secret)}  # fmt: skip
    with serving(board.home, port=port, **settings) as running:
        yield running


def come_back(client: httpx.Client) -> httpx.Response:
    """From the sign-in page to the provider and back to the board."""
    link = re.search(r'href="(/auth/login[^"]+)"', client.get("/login").text).group(1).replace("&amp;", "&")
    sent = httpx.get(client.get(link).headers["location"])
    return client.get(sent.headers["location"])


def test_the_provider_s_word_becomes_a_session_of_the_board(federated, provider):
    provider.person["preferred_username"] = "liu@county"
    with visit(federated.address) as client:
        assert client.get("/relief").headers["location"].startswith("/login")
        answer = come_back(client)
        assert answer.headers["location"] == "/"
        assert COOKIE in client.cookies
        assert not [name for name in client.cookies if name.startswith("_streamlit_user")]
        assert client.get("/export/relief.csv").status_code == 200
        tab = Tab(federated, f"{COOKIE}={client.cookies[COOKIE]}")
        assert "县工会干事" in tab.run()
        tab.close()
        client.post("/logout")
        assert client.get("/relief").headers["location"].startswith("/login")
        assert "请用统一身份认证登录" in sign_in(client, "liu", FIRST).text


def test_a_stranger_at_the_provider_stays_outside(federated, provider):
    provider.person["preferred_username"] = "stranger"
    with visit(federated.address) as client:
        answer = come_back(client)
        assert COOKIE not in client.cookies
        assert "还没有开通看板" in client.get(answer.headers["location"]).text


@pytest.mark.parametrize("verified, welcome", [(None, False), (False, False), ("true", False), (True, True)])
def test_an_address_counts_only_where_the_provider_verified_it(federated, provider, verified, welcome):
    before = dict(provider.person)
    provider.person |= {"preferred_username": "stranger", "email": "liu@county", "email_verified": verified}
    try:
        with visit(federated.address) as client:
            come_back(client)
            assert (COOKIE in client.cookies) == welcome
    finally:
        provider.person = before


@pytest.mark.parametrize("spoil", ["issuer", "audience", "nonce", "signature"])
def test_a_forged_token_is_refused(federated, provider, spoil):
    provider.person["preferred_username"], provider.spoil = "liu@county", spoil
    try:
        with visit(federated.address) as client:
            come_back(client)
            assert COOKIE not in client.cookies
            assert client.get("/relief").headers["location"].startswith("/login")
    finally:
        provider.spoil = ""


def test_a_call_back_that_nobody_asked_for_is_refused(federated, provider):
    provider.person["preferred_username"] = "liu@county"
    with visit(federated.address) as client:
        code = provider.authorize({"redirect_uri": f"{federated.address}/oauth2callback", "state": "made-up"})
        client.get(code)
        assert COOKIE not in client.cookies


def test_a_proxy_names_the_person_and_nobody_else_may(board):
    with serving(board.home, UNION_BOARD_SIGN_IN="proxy", UNION_BOARD_PROXY_HEADER="X-Staff") as behind, visit(behind.address) as client:
        assert client.get("/").status_code == 403
        for stranger in ("nobody", "liu"):  # the account liu has another name there
            assert client.get("/", headers={"X-Staff": stranger}).status_code == 403
        assert client.get("/export/relief.csv", headers={"X-Staff": "liu@county"}).status_code == 200
        token = client.cookies[COOKIE]
        tab = Tab(behind, f"{COOKIE}={token}", headers={"X-Staff": "LIU@county"})
        assert "finding" in tab.run()
        tab.close()
        with pytest.raises(Closed):  # the cookie alone, without the proxy's word
            Tab(behind, f"{COOKIE}={token}")
        assert httpx.get(f"{behind.address}/export/relief.csv", headers={"Cookie": f"{COOKIE}={token}"}).status_code == 403
        set_disabled(board.home, "liu", True, "测试")
        assert client.get("/export/relief.csv", headers={"X-Staff": "liu@county"}).status_code == 403
        set_disabled(board.home, "liu", False, "测试")
    with serving(board.home, UNION_BOARD_SIGN_IN="proxy", UNION_BOARD_PROXY_HEADER="X-Staff", UNION_BOARD_TRUSTED_PROXIES="10.9.9.9") as behind:
        assert httpx.get(behind.address, headers={"X-Staff": "liu@county"}).status_code == 403


def test_behind_a_tls_proxy_the_cookie_is_secure_and_the_address_is_the_visitor_s(board):
    told = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "1.1.1.1, 192.0.2.7"}
    with visit(board.address) as client:
        answer = client.post("/login", data={"account": "liu", "password": FIRST}, headers=told)
        assert "; Secure" in answer.headers["set-cookie"]
    assert list(read_records(board.home))[-1].event.detail.endswith("192.0.2.7")


@pytest.mark.parametrize("settings", [{"UNION_BOARD_SIGN_IN": "magic"}, {"UNION_BOARD_SIGN_IN": "oidc"}, {"UNION_BOARD_SIGN_IN": "proxy"}, {}])
def test_a_board_that_anybody_could_enter_does_not_start(home, settings):
    command = [sys.executable, "-m", "dashboard", "--host", "127.0.0.1" if settings else "0.0.0.0", "--port", str(free_port())]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, "UNION_BOARD_HOME": str(home.path), **settings}, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert "请" in done.stderr
