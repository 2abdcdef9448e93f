"""The fork server: it forks a child with limits for a few files, passes the child's answers on, and outlives whatever the child does.

Frames on stdin and stdout are an 8-byte length and that many bytes. A request is a frame with the limits and the number of files as
JSON and a frame for each file; the answer is a frame for each file. Files whose child came to harm are read again, each in a child of its own.
Where there is no fork (Windows) it answers in its own process, and its caller keeps the time.
"""

from __future__ import annotations

import gc
import io
import json
import os
import select
import signal
import struct
import sys
import time

from pipelines.intake.read.workbook import read_workbook

MOST_ANSWER = 256 * 1024 * 1024  # what a child may say: a small file can name one long text a million times


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


def _work(request: dict, content: bytes) -> bytes:
    """The answer for one file: its cells as JSON, its marked copy, or a draft's paragraphs or marked copy."""
    if "draft" in request:
        from pipelines.intake.draft.child import work

        return work(request, content)
    if "problems" not in request:
        return read_workbook(content).encode("utf-8", "replace")
    from pipelines.intake.reply.child import mark  # what it imports only the child of such a request pays for

    return mark(content, request["problems"])


def _child(limits: dict[str, int], contents: list[bytes], out: int) -> None:
    status = 1
    try:
        null = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(null, descriptor)
        _limit(limits)
        with os.fdopen(out, "wb") as stream:
            for content in contents:
                write_frame(stream, _work(limits, content))
        status = 0
    finally:
        os._exit(status)


def _collect(source: int, deadline: float) -> bytes | None:
    parts, size = [], 0
    while (left := deadline - time.monotonic()) > 0 and select.select([source], [], [], left)[0]:
        part = os.read(source, 1 << 20)
        if not part:
            return b"".join(parts)
        parts.append(part)
        size += len(part)
        if size > MOST_ANSWER:
            return b""
    return None


def _fork(limits: dict[str, int], contents: list[bytes]) -> list[bytes] | str:
    """What one child answered for the files, or how it ended."""
    source, out = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(source)
        _child(limits, contents, out)
    os.close(out)
    answer = _collect(source, time.monotonic() + limits["seconds"])
    os.close(source)
    if not answer:
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    if answer is None:
        return "slow"
    stream = io.BytesIO(answer)
    frames = [read_frame(stream) for _ in contents]
    return "crashed" if status or None in frames else frames


def _answer(limits: dict[str, int], contents: list[bytes]) -> list[bytes]:
    """One answer for each file: from one child for all of them or, when it came to harm, from a child for each."""
    if not hasattr(os, "fork"):
        return [_work(limits, content) for content in contents]
    found = _fork(limits, contents)
    if not isinstance(found, str):
        return found
    if len(contents) == 1:
        return [json.dumps({"died": found}).encode()]
    return [_answer(limits, [content])[0] for content in contents]


def _tell(out, answers: list[bytes]) -> None:
    """Passes the answers on; where nobody is there to take them any more, it ends without a word."""
    try:
        for answer in answers:
            write_frame(out, answer)
    except BrokenPipeError:
        os._exit(0)


def serve() -> None:
    """Answers requests until stdin ends or who asks is gone."""
    gc.disable()  # a child is gone before it would matter
    gc.freeze()
    source, out = sys.stdin.buffer, sys.stdout.buffer
    while (head := read_frame(source)) is not None:
        request = json.loads(head)
        contents = [read_frame(source) for _ in range(request["files"])]
        if None in contents:
            return
        _tell(out, _answer(request, contents))


if __name__ == "__main__":
    serve()
