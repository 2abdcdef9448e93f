"""The caller's side of the guarded reading: starts the fork server, hands it bytes, gets sheets or a fault back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from datetime import date

from pipelines.faults import Problem
from pipelines.home import ROOT, Limits, read_limits
from pipelines.intake.read.server import read_frame, write_frame
from pipelines.intake.sheet import Sheet

DIED = {
    "slow": ("slow", "文件读取超过了时间限制，已经停止。", "请删除多余的工作表和空白行，另存为 .xlsx 后再上传。"),
    "crashed": ("unreadable", "文件结构异常，读取时占用的内存或资源超出限制，已经停止。", "请删除空白行和多余的工作表，另存为新的 .xlsx 后再上传。"),
}


def _fault(code: str, message: str, remedy: str) -> Problem:
    return Problem(code, "error", None, None, None, None, message, remedy)


def _revive(value: dict) -> object:
    return date.fromisoformat(value["d"]) if len(value) == 1 and "d" in value else value


def decode(answer: bytes) -> list[Sheet] | Problem:
    """The sheets of a reader's answer, or the one problem that refuses the file."""
    found = json.loads(answer, object_hook=_revive)
    if "died" in found:
        return _fault(*DIED[found["died"]])
    if "fault" in found:
        return _fault(*found["fault"])
    return [Sheet(s["name"], s["rows"], s["hidden"], s["notes"]) for s in found["sheets"]]


class Guard:
    """One fork server, asked by one thread at a time; it is started anew when it died."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or read_limits()
        self._lock = threading.Lock()
        self._server: subprocess.Popen | None = None
        self._late: threading.Timer | None = None

    def _start(self) -> subprocess.Popen:
        if self._server is None or self._server.poll() is not None:
            command = [sys.executable, "-m", "pipelines.intake.read.server"]
            environment = os.environ | {"PYTHONPATH": str(ROOT)}
            self._server = subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        return self._server

    def ask(self, content: bytes) -> None:
        """Hands the bytes over; `answer()` must follow before the next `ask()`."""
        server = self._start()
        self._late = threading.Timer(self.limits.read_seconds + 10, server.kill)
        self._late.daemon = True
        self._late.start()
        limits = {"seconds": self.limits.read_seconds, "megabytes": self.limits.read_megabytes}
        try:
            write_frame(server.stdin, json.dumps(limits).encode())
            write_frame(server.stdin, content)
        except OSError:
            server.kill()

    def answer(self) -> list[Sheet] | Problem:
        """What became of the bytes last handed over."""
        body = read_frame(self._server.stdout)
        self._late.cancel()
        if body is None:
            self.close()
            return _fault(*DIED["crashed"])
        return decode(body)

    def read(self, content: bytes) -> list[Sheet] | Problem:
        """Reads one file; several threads may call it, one after the other is served."""
        if len(content) > self.limits.file_megabytes * 1024 * 1024:
            return _fault("too_large", f"文件超过 {self.limits.file_megabytes} MB。", "请删除图片和多余的工作表后再上传。")
        with self._lock:
            self.ask(content)
            return self.answer()

    def close(self) -> None:
        """Ends the server."""
        if self._server is not None:
            self._server.kill()
            self._server.wait()
            self._server.stdin.close()
            self._server.stdout.close()
            self._server = None


_shared = Guard()


def read_file(content: bytes) -> list[Sheet] | Problem:
    """Reads one file through the process's own guard."""
    _shared.limits = read_limits()
    return _shared.read(content)


def read_ahead(contents: Iterable[bytes]) -> Iterator[list[Sheet] | Problem]:
    """Reads many files in order, the next one already in its own child while the caller works on this one."""
    lanes = [Guard(), Guard()]
    waiting: list[Guard | Problem] = []
    try:
        for number, content in enumerate(contents):
            lane = lanes[number % 2]
            if len(waiting) == 2:
                yield _take(waiting)
            waiting.append(_hand(lane, content))
        while waiting:
            yield _take(waiting)
    finally:
        for lane in lanes:
            lane.close()


def _hand(lane: Guard, content: bytes) -> Guard | Problem:
    if len(content) > lane.limits.file_megabytes * 1024 * 1024:
        return lane.read(content)
    lane.ask(content)
    return lane


def _take(waiting: list) -> list[Sheet] | Problem:
    first = waiting.pop(0)
    return first.answer() if isinstance(first, Guard) else first
