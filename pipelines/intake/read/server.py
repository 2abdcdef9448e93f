"""The fork server: for each file it forks a child with limits, passes the child's answer on, and outlives whatever the child does.

Frames on stdin and stdout are an 8-byte length and that many bytes. A request is two frames: the limits as JSON, the file.
Where there is no fork (Windows) it answers in its own process, and its caller keeps the time.
"""

from __future__ import annotations

import json
import os
import select
import signal
import struct
import sys
import time

from pipelines.intake.read.workbook import read_workbook


def read_frame(stream) -> bytes | None:
    """The next frame, or None at the end of the stream."""
    head = stream.read(8)
    if len(head) < 8:
        return None
    (size,) = struct.unpack(">Q", head)
    body = stream.read(size)
    return body if len(body) == size else None


def write_frame(stream, body: bytes) -> None:
    """Writes one frame and flushes it."""
    stream.write(struct.pack(">Q", len(body)))
    stream.write(body)
    stream.flush()


def _limit(limits: dict[str, int]) -> None:
    import resource

    space = limits["megabytes"] * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (space, space))
    resource.setrlimit(resource.RLIMIT_CPU, (limits["seconds"], limits["seconds"] + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _child(limits: dict[str, int], content: bytes, out: int) -> None:
    status = 1
    try:
        null = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(null, descriptor)
        _limit(limits)
        with os.fdopen(out, "wb") as stream:
            stream.write(read_workbook(content).encode("utf-8", "replace"))
        status = 0
    finally:
        os._exit(status)


def _collect(source: int, deadline: float) -> bytes | None:
    parts = []
    while (left := deadline - time.monotonic()) > 0 and select.select([source], [], [], left)[0]:
        part = os.read(source, 1 << 20)
        if not part:
            return b"".join(parts)
        parts.append(part)
    return None


def _answer(limits: dict[str, int], content: bytes) -> bytes:
    source, out = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(source)
        _child(limits, content, out)
    os.close(out)
    answer = _collect(source, time.monotonic() + limits["seconds"])
    os.close(source)
    if answer is None:
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    if answer is None:
        return b'{"died": "slow"}'
    return answer if status == 0 and answer else b'{"died": "crashed"}'


def serve() -> None:
    """Answers requests until stdin ends."""
    source, out = sys.stdin.buffer, sys.stdout.buffer
    while (head := read_frame(source)) is not None:
        content = read_frame(source)
        if content is None:
            return
        limits = json.loads(head)
        write_frame(out, _answer(limits, content) if hasattr(os, "fork") else read_workbook(content).encode())


if __name__ == "__main__":
    serve()
