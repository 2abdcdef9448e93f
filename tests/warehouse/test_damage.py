"""A disk that spoils a file: the newest whole release is shown, it is said, and the originals make the rest again."""

from __future__ import annotations

import errno
import json
import os
import random
from pathlib import Path

import duckdb
import pytest

from pipelines import durable
from pipelines.durable import write_durably
from pipelines.faults import DiskFault, UserError
from pipelines.intake.load import load_bytes
from pipelines.intake.rebuild import rebuild, roll_back
from pipelines.warehouse import file_releases, live, noted
from pipelines.warehouse.file_releases import release_path
from pipelines.warehouse.noted import hash_file
from pipelines.warehouse.reader import open_reader
from pipelines.warehouse.releases import read_current
from pipelines.warehouse.writer import is_behind, open_writer
from tests.afterwards import rest
from tests.intake.build import workbook

COUNT = "select count(*) from submission"

pytestmark = pytest.mark.file_only  # a disk that spoils single files


@pytest.fixture
def two(home, catalog):
    """A home with two releases."""
    for month in ("2026-03", "2026-04"):
        assert load_bytes(home, catalog, f"{month}.xlsx", workbook({"活动与服务台账": [["日期", "单位", "类别", "名称", "参加人次"], [f"{month}-12", "西关社区工会", "文体活动", "东塔杯", 60]]} | _without(), cover=("城关镇", month))).status == "loaded"
    rest()
    return home


def _without() -> dict:
    """The other dated forms as nil returns."""
    heads = {
        "帮扶救助台账": ["日期", "发放单位", "救助类别", "对象类别", "人次(户)", "金额"], "劳动竞赛台账": ["日期", "单位", "竞赛名称", "竞赛类别"],
        "安全生产台账": ["日期", "单位", "类型"], "维权与民主管理台账": ["日期", "单位", "事项类别", "件(次)数"],
    }  # fmt: skip
    return {name: [head, ["零报告"]] for name, head in heads.items()}


@pytest.mark.parametrize("seed", range(6))
def test_a_spoilt_release_gives_way_to_the_one_before_and_rebuild_mends_it(two, seed):
    dice, path = random.Random(seed), release_path(two, "000002")
    content = bytearray(path.read_bytes())
    if seed % 2:
        del content[dice.randrange(len(content)) :]
    else:
        content[dice.randrange(len(content))] ^= 255
    path.write_bytes(content)
    reader = open_reader(two)
    assert (reader.release, reader.damaged, reader.rows(COUNT)) == ("000001", "000002", [(1,)])
    assert rebuild(two) == "000003"
    reader.refresh()
    assert (reader.release, reader.damaged, reader.rows(COUNT)) == ("000003", None, [(2,)])


@pytest.fixture
def gone_through(monkeypatch) -> list[str]:
    """The files that were read for their sha256, as they come."""
    read = []
    monkeypatch.setattr(noted, "hash_file", lambda path: read.append(path.name) or hash_file(path))
    return read


def start_the_machine(monkeypatch) -> None:
    """Has everything noted so far be of an earlier start."""
    monkeypatch.setattr(noted, "_read_boot", lambda: "another start")
    file_releases._is_sound.cache_clear()


def change_a_byte(path: Path) -> None:
    """One in the middle."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 255
    path.write_bytes(content)


def test_a_release_is_gone_through_when_it_was_touched(two, gone_through):
    assert open_reader(two).damaged is None and gone_through == []
    change_a_byte(release_path(two, "000002"))
    assert [open_reader(two).damaged for _ in range(2)] == ["000002"] * 2
    assert gone_through == ["000002.duckdb", "000001.duckdb", "000001.duckdb"]


def test_a_release_is_gone_through_once_in_a_process_after_a_start_of_the_machine(two, gone_through, monkeypatch):
    start_the_machine(monkeypatch)
    assert [open_reader(two).damaged for _ in range(3)] == [None] * 3
    assert gone_through == ["000002.duckdb"]


def test_an_upload_goes_through_what_was_touched_or_is_of_an_earlier_start(two, catalog, gone_through, monkeypatch):
    load_bytes(two, catalog, "四月.xlsx", workbook(cover=("龙坝镇", "2026-03")))
    assert gone_through == []
    rest()
    start_the_machine(monkeypatch)
    load_bytes(two, catalog, "五月.xlsx", workbook(cover=("蒋家堰镇", "2026-03")))
    assert sorted(gone_through) == ["000003.duckdb", "live.duckdb"]
    assert open_reader(two).rows(COUNT) == [(4,)]


def test_a_release_has_its_sha256_once_the_next_writers_file_is_made_of_it(two, catalog):
    for number in ("000001", "000002"):
        assert json.loads((two.releases / f"{number}.json").read_text("utf-8"))["sha256"] == hash_file(release_path(two, number))
    assert two.warehouse.read_bytes() == release_path(two, "000002").read_bytes()
    two.warehouse.unlink()  # a process that was killed before it came to it
    load_bytes(two, catalog, "五月.xlsx", workbook(cover=("龙坝镇", "2026-03")))
    assert read_current(two) == "000003" and open_reader(two).rows(COUNT) == [(3,)]


def test_a_release_that_nobody_was_pointed_to_is_published_by_the_next_writer(two, catalog):
    """The process was killed between the two renames of a publishing."""
    rows = open_reader(two).rows(COUNT)
    live.mark_ahead(two)
    two.warehouse.rename(release_path(two, "000003"))
    assert open_reader(two).release == "000002" and is_behind(two)
    with open_writer(two, catalog) as opened:
        pass
    rest()
    assert opened.release == read_current(two) == "000003" and open_reader(two).rows(COUNT) == rows and not is_behind(two)


def test_a_home_whose_releases_lie_on_another_disk_publishes_there(two, catalog, monkeypatch):
    def refuse(source: Path, target: Path) -> None:
        if Path(source).parent != Path(target).parent:
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        os.rename(source, target)

    monkeypatch.setattr(durable.os, "replace", refuse)
    load_bytes(two, catalog, "五月.xlsx", workbook(cover=("龙坝镇", "2026-03")))
    rest()
    assert open_reader(two).rows(COUNT) == [(3,)] and not list(two.path.rglob("*.part"))


def test_a_pointer_that_could_not_be_forced_to_disk_undoes_no_release_by_half(two, catalog, monkeypatch):
    def refuse(path: Path, *told: object) -> None:
        write_durably(path, *told)
        if path.name == "CURRENT":
            raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as broken:
        broken.setattr(file_releases, "write_durably", refuse)
        with pytest.raises(DiskFault):
            load_bytes(two, catalog, "五月.xlsx", workbook(cover=("龙坝镇", "2026-03")))
    assert open_reader(two).rows(COUNT) == [(2,)] and is_behind(two)
    load_bytes(two, catalog, "六月.xlsx", workbook(cover=("蒋家堰镇", "2026-03")))
    reader = open_reader(two)
    assert reader.rows(COUNT)[0][0] >= 3 and reader.damaged is None and not is_behind(two)


def test_without_any_whole_release_it_says_what_to_do(two):
    for release in ("000001", "000002"):
        release_path(two, release).write_bytes(b"")
    with pytest.raises(UserError, match="已损坏"):
        open_reader(two)
    rebuild(two)
    assert open_reader(two).rows(COUNT) == [(2,)]


def test_a_spoilt_live_file_is_put_back_from_the_release_in_force(two, catalog):
    two.warehouse.write_bytes(b"x" * 5000)
    assert load_bytes(two, catalog, "五月.xlsx", workbook(cover=("龙坝镇", "2026-03"))).status == "loaded"
    assert open_reader(two).rows(COUNT) == [(3,)]


def test_one_changed_byte_of_the_live_file_never_gets_into_a_release(two, catalog):
    content = bytearray(two.warehouse.read_bytes())
    content[len(content) // 2] ^= 255
    two.warehouse.write_bytes(content)
    assert load_bytes(two, catalog, "五月.xlsx", workbook(cover=("龙坝镇", "2026-03"))).status == "loaded"
    assert open_reader(two).rows(COUNT) == [(3,)]
    with duckdb.connect(str(release_path(two, read_current(two))), read_only=True) as connection:
        for (table,) in connection.execute("select table_name from duckdb_tables()").fetchall():
            connection.execute(f'select max(hash(t)) from "{table}" as t').fetchall()  # every block has its checksum


def test_where_live_file_and_release_are_spoilt_uploads_are_refused_until_it_is_rebuilt(two, catalog):
    two.warehouse.write_bytes(b"x" * 5000)
    release_path(two, "000002").write_bytes(b"")
    with pytest.raises(UserError, match="数据库文件已损坏"):
        load_bytes(two, catalog, "五月.xlsx", workbook(cover=("龙坝镇", "2026-03")))
    rebuild(two)
    assert open_reader(two).rows(COUNT) == [(2,)]
    assert load_bytes(two, catalog, "五月.xlsx", workbook(cover=("龙坝镇", "2026-03"))).status == "loaded"


def test_a_lost_live_file_never_makes_an_empty_release(two, catalog):
    two.warehouse.unlink()
    assert load_bytes(two, catalog, "五月.xlsx", workbook(cover=("龙坝镇", "2026-03"))).status == "loaded"
    assert open_reader(two).rows(COUNT) == [(3,)]


def test_a_spoilt_log_beside_the_live_file_loses_nothing(two, catalog):
    two.warehouse.with_name("live.duckdb.wal").write_bytes(b"\x07" * 999)
    load_bytes(two, catalog, "龙坝.xlsx", workbook(cover=("龙坝镇", "2026-03")))
    assert open_reader(two).rows(COUNT) == [(3,)]


def test_nobody_goes_back_to_a_spoilt_release(two):
    release_path(two, "000001").write_bytes(b"x")
    with pytest.raises(UserError, match="已损坏"):
        roll_back(two, "000001")
    assert open_reader(two).release == "000002"
