"""The caller's side of the guarded reading: starts the fork server, hands it bytes, gets sheets or a fault back."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from pipelines.faults import Problem, UserError
from pipelines.home import ROOT, Limits, read_limits
from pipelines.intake.read.server import read_frame, write_frame
from pipelines.intake.sheet import Sheet, revive

AT_ONCE = 3
TOGETHER = 16
TOGETHER_BYTES = 2 * 1024 * 1024  # files larger than an ordinary report are read one by one
DIED = {
    "slow": ("slow", "文件读取超过了时间限制，已经停止。", "请删除多余的工作表和空白行，另存为 .xlsx 后再上传。"),
    "crashed": ("unreadable", "文件结构异常，读取时占用的内存或资源超出限制，已经停止。", "请删除空白行和多余的工作表，另存为新的 .xlsx 后再上传。"),
}


def _fault(code: str, message: str, remedy: str) -> Problem:
    return Problem(code, "error", None, None, None, None, message, remedy)


def decode(answer: bytes) -> list[Sheet] | Problem:
    """The sheets of a reader's answer, or the one problem that refuses the file."""
    found = json.loads(answer, object_hook=revive)
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
        self._taking: threading.Thread | None = None
        self._taken: list[bytes | None] = []

    def start(self) -> subprocess.Popen:
        """The fork server, which takes a tenth of a second to be there: whoever knows that files will come may start it before."""
        if self._server is None or self._server.poll() is not None:
            command = [sys.executable, "-m", "pipelines.intake.read.server"]
            environment = os.environ | {"PYTHONPATH": str(ROOT)}
            self._server = subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        return self._server

    def ask(self, contents: Sequence[bytes], **more: object) -> None:
        """Hands files over; their answers must be read before the next `ask()`."""
        server = self.start()
        self._late = threading.Timer((self.limits.read_seconds + 10) * (len(contents) + 1), server.kill)
        self._late.daemon = True
        self._late.start()
        request = {"seconds": self.limits.read_seconds, "megabytes": self.limits.read_megabytes, "files": len(contents)} | more
        try:
            write_frame(server.stdin, json.dumps(request).encode())
            for content in contents:
                write_frame(server.stdin, content)
        except OSError:
            server.kill()
        self._taken = [None] * len(contents)
        self._taking = threading.Thread(target=self._take_in, args=(server, len(contents)), daemon=True)
        self._taking.start()

    def _take_in(self, server: subprocess.Popen, asked: int) -> None:
        """Takes the answers as soon as they are there, so that the time that their reader takes for other things is not the server's."""
        self._taken = [read_frame(server.stdout) for _ in range(asked)]
        self._late.cancel()

    def _bodies(self) -> list[bytes | None]:
        self._taking.join()
        bodies, self._taken = self._taken, []
        if None in bodies:
            self.close()
        return bodies

    def answers(self) -> list[list[Sheet] | Problem]:
        """What became of the files last handed over."""
        bodies = self._bodies()
        return [_fault(*DIED["crashed"]) if body is None else decode(body) for body in bodies]

    def too_large(self, content: bytes) -> Problem | None:
        """The problem of a file that is not even handed over."""
        if len(content) <= self.limits.file_megabytes * 1024 * 1024:
            return None
        return _fault("too_large", f"文件超过 {self.limits.file_megabytes} MB。", "请删除图片和多余的工作表后再上传。")

    def read(self, content: bytes) -> list[Sheet] | Problem:
        """Reads one file; several threads may call it, one after the other is served."""
        if problem := self.too_large(content):
            return problem
        with self._lock:
            self.ask([content])
            return self.answers()[0]

    def mark(self, content: bytes, problems: list[dict[str, object]]) -> bytes | Problem:
        """The marked copy of one file as xlsx, or the problem that stands against it."""
        if problem := self.too_large(content):
            return problem
        with self._lock:
            self.ask([content], problems=problems)
            (body,) = self._bodies()
        if body is None:
            return _fault(*DIED["crashed"])
        return body if body.startswith(b"PK") else decode(body)

    def work(self, content: bytes, **request: object) -> bytes:
        """The child's bare answer to a request of another kind; UserError where it was too large or came to harm."""
        if problem := self.too_large(content):
            raise UserError(problem.message, problem.remedy)
        with self._lock:
            self.ask([content], **request)
            (body,) = self._bodies()
        died = "crashed" if body is None else json.loads(body).get("died") if body.startswith(b'{"died"') else None
        if died:
            _, message, remedy = DIED[died]
            raise UserError(message, remedy)
        return body

    def close(self) -> None:
        """Ends the server."""
        if self._server is not None:
            self._server.kill()
            self._server.wait()
            if self._taking is not None:
                self._taking.join()
            self._server.stdin.close()
            self._server.stdout.close()
            self._server = None


_idle: queue.LifoQueue[Guard] = queue.LifoQueue()
for _ in range(AT_ONCE):
    _idle.put(Guard())


@contextmanager
def borrow_guard() -> Iterator[Guard]:
    """One of the process's guards: a file that takes long holds up no other."""
    guard = _idle.get()
    try:
        guard.limits = read_limits()
        yield guard
    finally:
        _idle.put(guard)


def read_file(content: bytes) -> list[Sheet] | Problem:
    """Reads one file; several threads may call it at once."""
    with borrow_guard() as guard:
        return guard.read(content)


def mark_guarded(content: bytes, problems: list[dict[str, object]]) -> bytes | Problem:
    """Marks one file through one of the process's guards."""
    with borrow_guard() as guard:
        return guard.mark(content, problems)


def work_guarded(content: bytes, **request: object) -> bytes:
    """A request of another kind through one of the process's guards."""
    with borrow_guard() as guard:
        return guard.work(content, **request)


def _groups(contents: Iterable[bytes]) -> Iterator[list[bytes]]:
    """The files by `TOGETHER` or, where they are large, fewer."""
    group: list[bytes] = []
    for content in contents:
        if group and (len(group) == TOGETHER or sum(map(len, group)) + len(content) > TOGETHER_BYTES):
            yield group
            group = []
        group.append(content)
    if group:
        yield group


Answers = Iterator[list[Sheet] | Problem]


@contextmanager
def reading_ahead(expected: int, limits: Limits | None = None) -> Iterator[Callable[[Iterable[bytes]], Answers]]:
    """What reads many files in order, the next ones already in their own child while the caller works on these. The readers that so many `expected` files
    will need start at once, while the caller still does other things."""
    lanes = [Guard(limits), Guard(limits)]
    try:
        for lane in lanes[: -(-expected // TOGETHER)]:
            lane.start()
        yield lambda contents: _read_in_turn(lanes, contents)
    finally:
        for lane in lanes:
            lane.close()


def read_ahead(contents: Iterable[bytes], limits: Limits | None = None) -> Answers:
    """The same, for who has nothing else to do before."""
    with reading_ahead(0, limits) as read:
        yield from read(contents)


def _read_in_turn(lanes: list[Guard], contents: Iterable[bytes]) -> Answers:
    waiting: list[tuple[Guard, list[Problem | None]]] = []
    for number, group in enumerate(_groups(contents)):
        if len(waiting) == 2:
            yield from _take(*waiting.pop(0))
        waiting.append(_hand(lanes[number % 2], group))
    while waiting:
        yield from _take(*waiting.pop(0))


def _hand(lane: Guard, group: list[bytes]) -> tuple[Guard, list[Problem | None]]:
    problems = [lane.too_large(content) for content in group]
    lane.ask([content for content, problem in zip(group, problems, strict=True) if problem is None])
    return lane, problems


def _take(lane: Guard, problems: list[Problem | None]) -> Iterator[list[Sheet] | Problem]:
    answers = iter(lane.answers())
    return (next(answers) if problem is None else problem for problem in problems)
