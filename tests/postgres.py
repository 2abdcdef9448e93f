"""PostgreSQL for tests: Debian's, started on a free port as a user without rights, with a database for whoever asks."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.ports import free_port


def _find_programs() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    told = found[-1] if found else shutil.which("initdb")
    return Path(told).parent if told else None


PROGRAMS = _find_programs()
NEEDS_POSTGRES = pytest.mark.skipif(not PROGRAMS, reason="没有安装 postgresql，跳过 PostgreSQL 测试")
USUAL = ("max_connections=200", "listen_addresses=127.0.0.1", "log_min_messages=fatal")
SETTINGS = ("fsync=off", "full_page_writes=off", "shared_buffers=32MB", *USUAL)  # tests lose no power
USER = "board"
MEMORY, ROOM = Path("/dev/shm"), 2**31  # a disk in memory, where a test's database is made and dropped in half the time; and how much has to be free there


def _someone() -> dict[str, object]:
    """Whom PostgreSQL runs as: never root, which it refuses."""
    if os.geteuid() != 0:
        return {}
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = known.get("postgres") or known["nobody"]
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


@dataclass
class Postgres:
    """A server that tests may stop, kill and start again on the same port."""

    folder: Path
    settings: tuple[str, ...] = SETTINGS
    port: int = field(default_factory=free_port)
    process: subprocess.Popen | None = None

    def _run(self, program: str, *words: str) -> None:
        subprocess.run([PROGRAMS / program, *words], check=True, capture_output=True, cwd=self.folder, **_someone())

    def make(self) -> None:
        """Makes the cluster."""
        self._run("initdb", "-D", str(self.folder / "data"), "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "-N")

    def start(self) -> None:
        """Starts the server and waits until it answers."""
        told = [word for setting in self.settings for word in ("-c", setting)]
        command = [PROGRAMS / "postgres", "-D", self.folder / "data", "-p", str(self.port), "-k", self.folder, *told]
        self.process = subprocess.Popen(command, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **_someone())
        for _ in range(300):
            asked = [PROGRAMS / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]
            if subprocess.run(asked, cwd=self.folder).returncode == 0:
                return
            assert self.process.poll() is None, "PostgreSQL stopped"
            time.sleep(0.1)
        raise AssertionError("PostgreSQL does not answer")

    def stop(self) -> None:
        """Ends the server at once, as a power cut would end its sessions."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(3)  # SIGQUIT: "immediate shutdown", of all its processes
            self.process.wait(20)

    def new_database(self) -> str:
        """The address of an empty database."""
        return create_database(f"postgresql://{USER}@127.0.0.1:{self.port}/postgres")


def _execute(address: str, statement: str) -> None:
    """Runs a statement, in no transaction, on the server of an address."""
    import psycopg  # who runs without a province's dependencies has no PostgreSQL tests either

    with psycopg.connect(f"{address.rpartition('/')[0]}/postgres", autocommit=True) as connection:
        connection.execute(statement)


def create_database(beside: str, template: str = "template1") -> str:
    """The address of a new database on the same server, empty or a copy of another that nobody uses."""
    name = f"board_{secrets.token_hex(6)}"
    _execute(beside, f"create database {name} template {template}")
    return f"{beside.rpartition('/')[0]}/{name}"


def drop_database(address: str) -> None:
    """Takes a database away from whoever uses it."""
    _execute(address, f"drop database {address.rpartition('/')[2]} with (force)")


def copy_database(address: str) -> str:
    """The address of a copy; whoever is still connected to the database is thrown out of it."""
    name = address.rpartition("/")[2]
    _execute(address, f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'")
    return create_database(address, name)


def _find_room(settings: tuple[str, ...]) -> Path | None:
    """Where a server's data go: into memory where nothing is to outlast a power cut."""
    return MEMORY if "fsync=off" in settings and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM else None


@contextmanager
def running_postgres(settings: tuple[str, ...] = SETTINGS) -> Iterator[Postgres]:
    """A server on a free port, gone with all its data in the end."""
    folder = Path(tempfile.mkdtemp(prefix="union-board-postgres-", dir=_find_room(settings)))
    if someone := _someone():
        os.chown(folder, someone["user"], someone["group"])
    server = Postgres(folder, settings)
    try:
        server.make()
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A server for all tests of this process; whoever stops it starts it again."""
    if not PROGRAMS:
        pytest.skip("没有安装 postgresql，跳过 PostgreSQL 测试")
    with running_postgres() as server:
        yield server
