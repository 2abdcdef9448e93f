"""Many open pages at once, each as light as a client can be: it asks for a rerun and waits for the message that ends it."""

from __future__ import annotations

import asyncio
import time
from urllib.parse import urlencode

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

MONTHS = ("2026年9月", "2026年8月", "2026年10月")
PATIENCE = 90  # seconds that a server may take for everything
PAUSE = 5.0  # seconds between two clicks of one person


def _wish(page: str, **told: str) -> bytes:
    wish = BackMsg()
    wish.rerun_script.query_string = urlencode(told)
    wish.rerun_script.page_name = page
    return wish.SerializeToString()


def _connect(address: str) -> websockets.connect:
    uri = address.replace("http", "ws", 1) + "/_stcore/stream"
    return websockets.connect(uri, origin=address, subprotocols=["streamlit"], max_size=None, compression=None, open_timeout=PATIENCE, ping_interval=None)


async def _rerun(socket: websockets.ClientConnection, wish: bytes) -> float:
    start = time.perf_counter()
    await socket.send(wish)
    while True:
        content = await socket.recv()
        if len(content) < 200:  # the message that ends a run is short: the long ones are not looked into
            message = ForwardMsg.FromString(content)
            if message.WhichOneof("type") == "script_finished":
                return time.perf_counter() - start


class _Start:
    """When the last of the pages has run for the first time, all begin to click."""

    def __init__(self, sessions: int, seconds: float) -> None:
        self._waiting, self._seconds = sessions, seconds
        self._end: asyncio.Future[float] = asyncio.get_running_loop().create_future()

    async def wait(self) -> float:
        """The time at which clicking ends."""
        self._waiting -= 1
        if not self._waiting:
            self._end.set_result(asyncio.get_running_loop().time() + self._seconds)
        return await self._end


async def _visit(address: str, page: str, number: int, sessions: int, start: _Start, spent: list[float]) -> None:
    clock = asyncio.get_running_loop().time
    async with _connect(address) as socket:
        await _rerun(socket, _wish(page, period=MONTHS[number % len(MONTHS)]))
        end = await start.wait()
        await asyncio.sleep(min(PAUSE, end - clock()) * number / sessions)
        for click in range(number + 1, number + 1000):
            began = clock()
            spent.append(await _rerun(socket, _wish(page, period=MONTHS[click % len(MONTHS)])))
            if began + PAUSE > end:
                return
            await asyncio.sleep(max(0.0, began + PAUSE - clock()))


async def _visits(addresses: list[str], page: str, sessions: int, seconds: float) -> list[float]:
    spent: list[float] = []
    start = _Start(sessions, seconds)
    tasks = (_visit(addresses[n % len(addresses)], page, n, sessions, start, spent) for n in range(sessions))
    await asyncio.wait_for(asyncio.gather(*tasks), PATIENCE)
    return spent


def rerun_times(addresses: list[str], page: str, sessions: int, seconds: float) -> list[float]:
    """Seconds of each rerun that so many people cause who choose another month every five seconds, in order of size."""
    return sorted(asyncio.run(_visits(addresses, page, sessions, seconds)))


def opening_times(address: str, page: str, times: int, **told: str) -> list[float]:
    """Seconds of a page that one person opens again and again, each time in a tab of its own, in order of size."""

    async def open_once() -> float:
        async with _connect(address) as socket:
            return await _rerun(socket, _wish(page, **told))

    async def open_all() -> list[float]:
        return [await open_once() for _ in range(times)]

    return sorted(asyncio.run(asyncio.wait_for(open_all(), PATIENCE)))


def share(times: list[float], part: float) -> float:
    """The quantile, in milliseconds."""
    return times[min(len(times) - 1, int(len(times) * part))] * 1000
