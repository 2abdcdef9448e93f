"""An S3-compatible store for tests: a server of its own environment, started on a free port, with a bucket for whoever asks."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from run import INTERPRETER, OBJECT_STORE
from tests.ports import free_port

KEYS = {"AWS_ACCESS_KEY_ID": "board-key", "AWS_SECRET_ACCESS_KEY": "board-secret"}  # it takes any


@dataclass
class ObjectStore:
    """A server that tests may stop and start again on the same port, with every object as it was."""

    port: int = field(default_factory=free_port)
    process: subprocess.Popen | None = None
    _numbers: Iterator[int] = field(default_factory=count)

    def run(self) -> None:
        """Starts the process, which holds the objects."""
        command = [OBJECT_STORE / INTERPRETER, Path(__file__).with_name("object_store_server.py"), str(self.port)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen(command, text=True, **pipes)

    def _tell(self, word: str) -> None:
        print(word, file=self.process.stdin, flush=True)
        assert self.process.stdout.readline() == f"{word}\n", "the object store stopped"

    def start(self) -> None:
        """Answers from here on."""
        self._tell("start")

    def stop(self) -> None:
        """Answers nobody any more."""
        self._tell("stop")

    @property
    def address(self) -> str:
        """Of the server."""
        return f"http://127.0.0.1:{self.port}"

    def put(self, name: str, content: bytes = b"") -> None:
        """Keeps an object, or makes a bucket, under `bucket/name`."""
        with urlopen(Request(f"{self.address}/{name}", content, {"Content-Type": "application/octet-stream"}, method="PUT"), timeout=20):
            pass

    def new_bucket(self) -> str:
        """The name of an empty bucket."""
        name = f"board-{next(self._numbers)}"
        self.put(name)
        return name

    def list_objects(self, bucket: str) -> list[str]:
        """The names of up to a thousand objects of a bucket."""
        with urlopen(f"{self.address}/{bucket}?list-type=2", timeout=20) as answer:
            return re.findall(r"<Key>([^<]*)</Key>", answer.read().decode())


@pytest.fixture(scope="session")
def object_store() -> Iterator[ObjectStore]:
    """A server for all tests of this process; whoever stops it starts it again."""
    if not (OBJECT_STORE / ".requirements-s3.txt.sha256").exists():
        pytest.skip("没有安装 requirements-s3.txt，跳过对象存储测试")
    server = ObjectStore()
    server.run()
    try:
        server.start()
        yield server
    finally:
        server.process.kill()
        server.process.communicate()
