"""Accounts on their way: as the file of a backup, and from a province's PostgreSQL back into the file of one machine."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from pipelines.access import on_disk
from pipelines.access.store import reading
from pipelines.access.tables import NAMES, TABLES
from pipelines.durable import write_durably
from pipelines.home import Home
from pipelines.postgres import drop_schema, find_server


def pack_accounts(home: Home) -> bytes | None:
    """Accounts and sessions as of one moment, as an SQLite file's content, wherever they are kept; None where nobody ever made an account.

    A home that finds it as its `accounts.sqlite3` has these accounts, on one machine or, by taking the file in, on several.
    """
    with reading(home) as rows:
        if rows is None:
            return None
        with closing(sqlite3.connect(":memory:", isolation_level=None)) as copy:
            copy.executescript(TABLES)
            for name in NAMES:
                for row in rows.execute(f"select * from {name}").fetchall():
                    told = dict(row)
                    copy.execute(f"insert into {name} ({', '.join(told)}) values ({', '.join('?' * len(told))})", tuple(told.values()))
            return copy.serialize()


def move_accounts_home(home: Home) -> None:
    """Puts the accounts that PostgreSQL keeps into the home's file and forgets them there; the setting has to go next, or they are taken in again."""
    address = find_server(home)
    if address is None:
        return
    if (content := pack_accounts(home)) is not None:
        path = on_disk.store_path(home)
        write_durably(path, content)
        path.chmod(0o600)
    drop_schema(home, address)
