"""The guard asks for the session where it holds nobody up: one slow look-up must not keep the event loop, and with it every other visitor."""

from __future__ import annotations

import asyncio
import threading

import pytest
from starlette.testclient import TestClient

from dashboard import guard
from dashboard.guard import Guard
from dashboard.settings import Settings
from pipelines.access.accounts import add_account, find_account
from pipelines.access.sessions import start_session
from pipelines.faults import StoreGone

LONG = 20


async def answer(scope, receive, send):
    """An application that reads what a page says, and answers."""
    if scope["type"] == "websocket":
        while (await receive())["type"] != "websocket.disconnect":
            pass
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"ok"})


def ask(door, path, **more):
    """The status of the answer, or the code with which a websocket is closed."""
    token = more.pop("token", "")
    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "client": ("127.0.0.1", 1), "scheme": "http"}
    headers = [(b"host", b"board"), (b"origin", b"http://board"), (b"cookie", f"{guard.COOKIE}={token}".encode()), (b"x-remote-user", b"boss")]
    said = []

    async def send(message):
        said.append(message.get("status", message.get("code")))

    async def receive():
        return {"type": "websocket.receive", "text": "x"}

    async def run():
        await door(scope | {"headers": headers} | more, receive, send)
        return said[0]

    return run()


@pytest.fixture
def slow(monkeypatch):
    """A look-up of the session that takes long: what says that it began, what lets it end, and how many look-ups before it are quick."""
    held, go, spared, real = threading.Event(), threading.Event(), [0], guard.find_session

    def find(home, key):
        if spared[0]:
            spared[0] -= 1
            return real(home, key)
        held.set()
        assert go.wait(LONG), "the event loop stood still"
        return None

    monkeypatch.setattr(guard, "find_session", find)
    return held, go, spared


@pytest.mark.parametrize("kind, sign_in, spared, said", [("http", "password", 0, 401), ("http", "proxy", 0, 403), ("websocket", "password", 0, 1008), ("websocket", "password", 1, 1008)])
def test_a_look_up_that_takes_long_holds_up_nobody_else(home, monkeypatch, slow, kind, sign_in, spared, said):
    monkeypatch.setenv("UNION_BOARD_HOME", str(home.path))
    add_account(home, "boss", "admin", password="first-pass-77", by="测试")
    token = start_session(home, find_account(home, "boss").person, "oidc", "10.0.0.9")
    door = Guard(answer, Settings(sign_in=sign_in))
    held, go, slow_from = slow
    slow_from[0] = spared

    async def run():
        first = asyncio.create_task(ask(door, "/", token=token, type=kind))
        while not held.is_set():
            await asyncio.sleep(0.01)
        assert await ask(door, "/healthz") == 200
        go.set()
        return await first

    assert asyncio.run(run()) == said


@pytest.mark.parametrize("accept", ["text/html,*/*", "*/*"])
def test_somebody_who_is_refused_reads_a_page_and_a_program_reads_words(home, monkeypatch, accept):
    def gone(home, key):
        raise StoreGone("数据库服务器 <PostgreSQL> 连不上。", "请稍后再试。")

    add_account(home, "wang", "leader", by="test")
    monkeypatch.setattr(guard, "find_session", gone)
    board = TestClient(Guard(answer, Settings()), base_url="http://127.0.0.1")
    board.cookies.set(guard.COOKIE, "x" * 43)
    told = board.get("/", headers={"accept": accept})
    assert told.status_code == 503 and told.headers["cache-control"] == "no-store"
    if accept == "*/*":
        assert told.text == "数据库服务器 <PostgreSQL> 连不上。请稍后再试。" and told.headers["content-type"] == "text/plain; charset=utf-8"
    else:
        assert "<h1>看板暂时打不开</h1>" in told.text and "&lt;PostgreSQL&gt; 连不上。请稍后再试。" in told.text and "再试一次" in told.text
        assert told.headers["content-type"] == "text/html; charset=utf-8" and "src=" not in told.text
