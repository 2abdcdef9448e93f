"""A real server for tests: a process of its own on a free port, and a client that speaks Streamlit's websocket."""

from __future__ import annotations

import asyncio
import contextlib
import os
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from pipelines.home import ROOT, Home
from tests.ports import free_port


@dataclass
class Board:
    """A running server."""

    home: Home
    address: str
    process: subprocess.Popen


@contextlib.contextmanager
def serving(home: Home, host: str = "127.0.0.1", port: int | None = None, program: tuple[str, ...] = ("-m", "dashboard"), **settings: str) -> Iterator[Board]:
    """Starts the board on a home, waits until it answers, and ends it; `program` is what Python runs, for one that is slowed."""
    port = port or free_port()
    told = {**os.environ, "UNION_BOARD_HOME": str(home.path), **settings}
    process = subprocess.Popen([sys.executable, *program, "--host", host, "--port", str(port)], cwd=ROOT, env=told)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(240):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{address}/healthz", timeout=5).read()
                break
            assert process.poll() is None, "the server stopped"
            time.sleep(0.25)
        yield Board(home, address, process)
    finally:
        process.terminate()
        process.wait(timeout=20)


class Closed(Exception):
    """The server refused or hung up."""


class Tab:
    """One open page, as a browser holds it."""

    def __init__(self, board: Board, cookie: str = "", origin: str | None = None, headers: dict[str, str] | None = None, insecure: bool = False) -> None:
        self._trust = {"ssl": ssl._create_unverified_context()} if insecure else {}
        self._uri = board.address.replace("http", "ws", 1) + "/_stcore/stream"
        told = dict(headers or {}) | ({"Cookie": cookie} if cookie else {})
        self._told, self._origin = told, origin if origin is not None else board.address
        self._loop = asyncio.new_event_loop()
        self.widgets: dict[str, str] = {}  # label -> id, of what was drawn so far
        try:
            self._socket = self._loop.run_until_complete(self._connect())
        except (websockets.exceptions.InvalidHandshake, websockets.exceptions.ConnectionClosed) as fault:
            self._loop.close()
            raise Closed(str(fault)) from fault

    async def _connect(self):
        return await websockets.connect(self._uri, additional_headers=self._told, origin=self._origin or None, subprotocols=["streamlit"], max_size=None, **self._trust)

    def run(self, page: str = "", query: str = "", seconds: float = 60, values: dict[str, str | bool | None] | None = None, reruns: bool = False) -> str:
        """Runs a page and gives every message of the run as one text; `values` are what stands in widgets, by label, and None presses a button.

        With `reruns` the text goes on where the page itself begins anew, up to the end of the last run.
        """
        try:
            return self._loop.run_until_complete(asyncio.wait_for(self._run(page, query, values or {}, reruns), seconds))
        except websockets.exceptions.ConnectionClosed as fault:
            raise Closed(str(fault)) from fault

    def _fill(self, wish: BackMsg, label: str, value: str | bool | None) -> None:
        state = wish.rerun_script.widget_states.widgets.add(id=self.widgets[label])
        if value is None:
            state.trigger_value = True
        elif isinstance(value, bool):
            state.bool_value = value
        else:
            state.string_value = value

    async def _run(self, page: str, query: str, values: dict[str, str | bool | None], reruns: bool) -> str:
        wish = BackMsg()
        wish.rerun_script.query_string = query
        wish.rerun_script.page_name = page
        for label, value in values.items():
            self._fill(wish, label, value)
        await self._socket.send(wish.SerializeToString())
        told, hashes = [], 0
        while True:
            message = ForwardMsg()
            message.ParseFromString(await self._socket.recv())
            if message.WhichOneof("type") == "ref_hash":
                hashes += 1
            self._learn(message)
            told.append(str(message) if message.WhichOneof("type") != "delta" else _words(message))
            if message.WhichOneof("type") == "script_finished" and not (reruns and message.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN):
                return "\n".join(told)

    def _learn(self, message: ForwardMsg) -> None:
        element = message.delta.new_element
        kind = element.WhichOneof("type")
        drawn = getattr(element, kind) if kind else None
        if getattr(drawn, "id", "") and getattr(drawn, "label", ""):
            self.widgets[drawn.label] = drawn.id

    def wait_for_close(self, seconds: float) -> bool:
        """Whether the server hangs up within that time."""

        async def drain() -> None:
            while True:
                await self._socket.recv()

        try:
            self._loop.run_until_complete(asyncio.wait_for(drain(), seconds))
        except websockets.exceptions.ConnectionClosed:
            return True
        except TimeoutError:
            return False
        return False

    def close(self) -> None:
        """Closes the tab."""
        with contextlib.suppress(Exception):
            self._loop.run_until_complete(self._socket.close())
        self._loop.close()


def _words(message: ForwardMsg) -> str:
    """A delta with its escapes undone: protobuf prints Chinese as octal bytes, and tables travel as Arrow."""
    return message.SerializeToString().decode("utf-8", "ignore")
