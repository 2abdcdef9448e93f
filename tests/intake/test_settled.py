"""A writer reads the receipts and decisions that came since the last one, and all of them where something is another than it was."""

from __future__ import annotations

import os
from datetime import date

import pytest

from pipelines.home import Home
from pipelines.intake import keep, settled
from pipelines.intake.keep import list_receipts, write_receipt
from pipelines.intake.load import load_bytes
from pipelines.warehouse.writer import hold_lock, restore_release
from tests.intake.build import workbook
from tests.prepared import prepare


@pytest.fixture
def read(monkeypatch) -> list[str]:
    """The names of the records that were read, as they are."""
    names, kept = [], keep.read_kept
    monkeypatch.setattr(keep, "read_kept", lambda path: names.append(path.stem) or kept(path))
    return names


def load(home, catalog, township: str) -> None:
    assert load_bytes(home, catalog, f"{township}.xlsx", workbook(cover=(township, "2026-03"))).status == "loaded"


def load_three(home, catalog) -> None:
    for township in ("蒋家堰镇", "龙坝镇", "水坪镇"):
        load(home, catalog, township)


@pytest.fixture
def loaded(home, catalog) -> Home:
    return prepare(home, "three uploads", lambda made: load_three(made, catalog))


def test_only_what_came_since_is_read(home, catalog, read):
    load_three(home, catalog)
    assert read == ["000001", "000002"]


def test_after_a_roll_back_every_receipt_is_read_and_put_right(loaded, catalog, read):
    with hold_lock(loaded):
        restore_release(loaded, "000001")
    read.clear()
    load(loaded, catalog, "中峰镇")
    assert read == ["000001", "000002", "000003"]
    assert [r["outcome"] for r in list_receipts(loaded)] == ["loaded", "undone", "undone", "loaded"]


def test_a_receipt_that_was_changed_or_is_spoilt_is_read_again(home, catalog, read):
    load(home, catalog, "蒋家堰镇")
    load(home, catalog, "龙坝镇")
    path = write_receipt(home, next(list_receipts(home)) | {"outcome": "undone"})
    load(home, catalog, "水坪镇")
    assert next(list_receipts(home))["outcome"] == "loaded"
    size = path.stat().st_size
    path.write_bytes(b"\0" * size)
    os.utime(path, (1, 1))
    load(home, catalog, "中峰镇")
    assert [r["outcome"] for r in list_receipts(home)] == ["loaded"] * 4


def test_old_receipts_are_looked_at_by_the_day_s_first_writer_alone(home, catalog, read, monkeypatch):
    monkeypatch.setattr(settled, "RECENT", 1)
    load_three(home, catalog)
    os.utime(home.receipts / "000001.json", (1, 1))
    read.clear()
    load(home, catalog, "中峰镇")
    assert read == ["000003"]
    note = home.warehouse.parent / "SETTLED"
    note.write_text(note.read_text("ascii").replace(date.today().isoformat(), "2026-01-01"), "ascii")
    read.clear()
    load(home, catalog, "泉溪镇")
    assert read == ["000001", "000002", "000003", "000004"]


def test_a_receipt_that_is_gone_has_all_of_them_read(loaded, catalog, read):
    (loaded.receipts / "000001.json").unlink()
    read.clear()
    load(loaded, catalog, "中峰镇")
    assert read == ["000002", "000003"]
