"""A disk that spoils a file: the newest whole release is shown, it is said, and the originals make the rest again."""

from __future__ import annotations

import random

import duckdb
import pytest

from pipelines.faults import UserError
from pipelines.intake.load import load_bytes
from pipelines.intake.rebuild import rebuild, roll_back
from pipelines.warehouse import file_releases
from pipelines.warehouse.file_releases import is_sound, release_path
from pipelines.warehouse.reader import open_reader
from pipelines.warehouse.releases import read_current
from tests.intake.build import workbook

COUNT = "select count(*) from submission"

pytestmark = pytest.mark.file_only  # a disk that spoils single files


@pytest.fixture
def two(home, catalog):
    """A home with two releases."""
    for month in ("2026-03", "2026-04"):
        assert load_bytes(home, catalog, f"{month}.xlsx", workbook({"活动与服务台账": [["日期", "单位", "类别", "名称", "参加人次"], [f"{month}-12", "西关社区工会", "文体活动", "东塔杯", 60]]} | _without(), cover=("城关镇", month))).status == "loaded"
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


def test_a_file_is_gone_through_once_for_all_readers_and_again_when_it_was_touched(two, monkeypatch):
    counted = []
    monkeypatch.setattr(file_releases, "is_sound", lambda home, release: counted.append(release) or is_sound(home, release))
    assert [open_reader(two).damaged for _ in range(3)] == [None] * 3
    assert counted == ["000002"]
    path = release_path(two, "000002")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 255
    path.write_bytes(content)
    assert open_reader(two).damaged == "000002"
    assert counted == ["000002", "000002", "000001"]


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
