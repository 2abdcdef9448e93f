"""A disk that spoils a file: the newest whole release is shown, it is said, and the originals make the rest again."""

from __future__ import annotations

import random

import pytest

from pipelines.faults import UserError
from pipelines.intake.load import load_bytes
from pipelines.intake.rebuild import rebuild
from pipelines.warehouse.reader import open_reader
from pipelines.warehouse.releases import release_path
from tests.intake.build import workbook

COUNT = "select count(*) from submission"


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


def test_without_any_whole_release_it_says_what_to_do(two):
    for release in ("000001", "000002"):
        release_path(two, release).write_bytes(b"")
    with pytest.raises(UserError, match="已损坏"):
        open_reader(two)
    rebuild(two)
    assert open_reader(two).rows(COUNT) == [(2,)]


def test_a_spoilt_live_file_refuses_uploads_and_is_rebuilt(two, catalog):
    two.warehouse.write_bytes(b"x" * 5000)
    with pytest.raises(UserError, match="数据库文件已损坏"):
        load_bytes(two, catalog, "五月.xlsx", workbook(cover=("城关镇", "2026-03")))
    rebuild(two)
    assert open_reader(two).rows(COUNT) == [(2,)]


def test_a_spoilt_log_beside_the_live_file_loses_nothing(two, catalog):
    two.warehouse.with_name("live.duckdb.wal").write_bytes(b"\x07" * 999)
    try:
        load_bytes(two, catalog, "龙坝.xlsx", workbook(cover=("龙坝镇", "2026-03")))
    except UserError:
        rebuild(two)
    assert open_reader(two).rows(COUNT)[0][0] >= 2
