"""The power goes: any file of the home is cut off anywhere. The newest whole release is shown, work goes on or says what to do, `rebuild` makes the rest."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.audit.log import log_path, read_records, verify_chain
from pipelines.catalog.load import load_catalog
from pipelines.faults import UserError
from pipelines.home import ROOT, Home
from pipelines.intake.journal import list_records
from pipelines.intake.keep import list_receipts
from pipelines.intake.load import load_bytes
from pipelines.intake.rebuild import rebuild
from pipelines.warehouse.reader import open_reader
from pipelines.warehouse.releases import list_audit_heads, list_releases
from pipelines.workflow import review
from pipelines.workflow.startup import start_up
from tests.afterwards import rest
from tests.intake.test_load import _content
from tests.warehouse.storm import PLACES, find_torn, make_upload

LOG = "warehouse/live.duckdb.wal"
CUT = {  # what is cut off -> its file, and which release a reader shows at once
    "the live file": ("warehouse/live.duckdb", "000006"),
    "its note": ("warehouse/live.json", "000006"),
    "the release": ("releases/000006.duckdb", "000005"),
    "its stamp": ("releases/000006.json", "000005"),
    "an older release": ("releases/000002.duckdb", "000006"),
    "the pointer": ("releases/CURRENT", "000006"),
    "a receipt": ("receipts/000002.json", "000006"),
    "the receipt of a refused file": ("receipts/000004.json", "000006"),
    "the newest receipt": ("receipts/000005.json", "000006"),
    "a decision": ("decisions/000001.json", "000006"),
    "the newest decision": ("decisions/000003.json", "000006"),
    "what the record was told": ("decisions/TOLD", "000006"),
}
KILLED = """
import os, sys
from pathlib import Path
import pipelines.warehouse.writer as room
from pipelines.catalog.load import load_catalog
from pipelines.home import Home
from pipelines.intake.load import load_bytes
room.Writer.settle = lambda self, note: os.kill(os.getpid(), 9)  # committed to the log beside the live file, not yet in it
load_bytes(Home(Path(sys.argv[1])), load_catalog(), "七.xlsx", Path(sys.argv[2]).read_bytes())
"""

pytestmark = pytest.mark.file_only  # files that a power cut tore


def cut(path: Path, dice: random.Random) -> None:
    """Leaves the file's beginning: nothing of it, all but the last byte, or anything between."""
    content = path.read_bytes()
    path.unlink()  # releases are links to those of the whole home
    path.write_bytes(content[: dice.choice((0, len(content) - 1, dice.randrange(len(content)), dice.randrange(len(content))))])


def copy(home: Home, target: Path) -> None:
    """A home of its own; releases, which nobody writes to once they are published, are not copied but linked."""

    def take(source: str, place: str) -> str:
        return os.link(source, place) or place if source.endswith(".duckdb") and "/releases/" in source else shutil.copy2(source, place)

    shutil.copytree(home.path, target, copy_function=take)


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Home:
    """Six releases: three uploads, a refused file, two decisions on three months, and another upload."""
    home, catalog = Home(tmp_path_factory.mktemp("whole")), load_catalog()
    for number, place in enumerate(PLACES[:3]):
        load_bytes(home, catalog, f"{number}.xlsx", make_upload(number + 1, place))
    load_bytes(home, catalog, "坏.xlsx", b"PK nonsense")
    review.approve(home, catalog, ["000001", "000002"], "王干事")
    review.return_submission(home, catalog, "000003", "人次不对", [review.Cell("活动与服务台账", "E2", "多了")], "王干事")
    load_bytes(home, catalog, "四.xlsx", make_upload(4, PLACES[2]))
    rest()
    return home


@pytest.fixture
def after(whole, home) -> Home:
    """A copy of that home, to be spoilt."""
    copy(whole, home.path)
    return home


def restore(after: Home, whole: Home, file: str) -> None:
    """Makes one file whole again."""
    (after.path / file).unlink()
    shutil.copyfile(whole.path / file, after.path / file)


@pytest.mark.parametrize("what", CUT)
def test_whatever_is_cut_off_anywhere_the_newest_whole_release_is_shown(after, whole, what):
    file, release = CUT[what]
    for seed in range(8):
        cut(after.path / file, random.Random(f"{what} {seed}"))
        reader = open_reader(after)
        assert (reader.release, find_torn(reader)) == (release, []), seed
        assert reader.damaged == (None if release == "000006" else "000006"), "the board says it where it is not the newest"
        assert len(list_releases(after)) == 6 and verify_chain(after, list_audit_heads(after)).fault == ""
        restore(after, whole, file)


@pytest.fixture(scope="module")
def content(whole) -> dict:
    """What that home's release holds."""
    return _content(whole)


def decided(home: Home) -> list[dict]:
    """The records; how many uploads there were before one that was written anew is not known any more."""
    return [r | {"receipts": 0} for r in list_records(home)]


@pytest.mark.parametrize("way", ["rebuild", "start"])
@pytest.mark.parametrize("what", CUT)
def test_rebuild_or_the_next_start_and_upload_bring_back_the_rest(after, catalog, whole, content, what, way):
    cut(after.path / CUT[what][0], random.Random(f"{what} {way}"))
    if way == "rebuild":
        rebuild(after)
    else:
        start_up(after, catalog)
    assert _content(after) == content and open_reader(after).damaged is None
    assert load_bytes(after, catalog, "五.xlsx", make_upload(5, PLACES[4])).submission_id == "000006"
    assert [r["outcome"] for r in list_receipts(after)].count("loaded") == 5 and decided(after) == decided(whole)
    if way == "start":  # whatever the start has mended, a rebuild makes too
        now = _content(after)
        rebuild(after)
        assert _content(after) == now
    assert verify_chain(after, list_audit_heads(after)).fault == ""


@pytest.fixture(scope="module")
def killed(whole, tmp_path_factory) -> Home:
    """That home when a seventh upload was killed with its rows in the log beside the live file."""
    home, file = Home(tmp_path_factory.mktemp("killed") / "home"), tmp_path_factory.mktemp("file") / "七.xlsx"
    copy(whole, home.path)
    file.write_bytes(make_upload(7, PLACES[5]))
    done = subprocess.run([sys.executable, "-c", KILLED, str(home.path), str(file)], cwd=ROOT)
    assert done.returncode == -signal.SIGKILL and (home.path / LOG).stat().st_size > 1000
    return home


@pytest.mark.parametrize("seed", range(6))
def test_a_log_that_is_cut_off_costs_at_most_what_was_not_acknowledged(killed, home, catalog, seed):
    copy(killed, home.path)
    dice = random.Random(seed)
    cut(home.path / LOG, dice)
    if seed % 3 == 0:
        cut(home.warehouse, dice)
    assert open_reader(home).release == "000006"
    assert load_bytes(home, catalog, "八.xlsx", make_upload(8, PLACES[4])).submission_id == "000007"
    reader = open_reader(home)
    held = [n for (n,) in reader.rows("select submission_id from submission order by 1")]
    assert [n for n in held if n != "000006"] == ["000001", "000002", "000003", "000005", "000007"] and find_torn(reader) == []
    assert [f"{r['sequence']:06d}" for r in list_receipts(home) if r["outcome"] == "loaded"] == held
    again = load_bytes(home, catalog, "七.xlsx", make_upload(7, PLACES[5]))
    assert (again.status, again.submission_id) == (("unchanged", "000006") if "000006" in held else ("loaded", "000008"))
    now = _content(home)
    rebuild(home)
    assert _content(home) == now


@pytest.mark.parametrize("seed", range(12))
def test_the_record_says_what_is_cut_off_and_goes_on(after, catalog, seed):
    path, dice = log_path(after), random.Random(seed)
    lines = path.read_bytes().splitlines(keepends=True)
    noted = list_audit_heads(after)
    kept, half = dice.randrange(len(lines)), seed % 2
    rest = lines[kept][: dice.randrange(1, len(lines[kept]))] if half else b""
    path.write_bytes(b"".join(lines[:kept]) + rest)
    verdict = verify_chain(after, noted)
    assert verdict.count == kept and (f"{len(rest)} 字节没有写完的半行" in verdict.note) == bool(half)
    assert f"发布版本 000006（当时有 {len(lines)} 条记录）记下的指纹找不到：现在只有 {kept} 条记录" in verdict.fault
    assert verify_chain(after).fault == "", "what is left holds: nobody changed it"
    assert load_bytes(after, catalog, "五.xlsx", make_upload(5, PLACES[4])).status == "loaded"
    assert verify_chain(after).fault == verify_chain(after).note == "" and len(list(read_records(after))) > kept
    assert "末尾被删过或丢失" in verify_chain(after, noted).fault, "what is lost stays lost, and is told"


def test_a_half_written_line_is_no_tampering_and_a_changed_one_is(after):
    path = log_path(after)
    whole = path.read_bytes()
    path.write_bytes(whole + whole.splitlines()[-1][:77])
    verdict = verify_chain(after, list_audit_heads(after))
    assert verdict.fault == "" and "77 字节" in verdict.note and "不算改动" in verdict.note
    path.write_bytes(whole.replace("王干事".encode(), "李干事".encode(), 1))
    assert "内容被改动过" in verify_chain(after).fault
    path.write_bytes(whole[:-90] + b"\n")
    with pytest.raises(UserError, match="最后一行已损坏"):
        review.approve(after, load_catalog(), ["000005"], "王干事")


@pytest.mark.parametrize("name", ["catalogues", "private/id_number.key"])
def test_what_only_a_backup_has_is_asked_for_and_the_board_goes_on(after, name):
    path = after.path / name if "." in name else next((after.path / name).iterdir())
    cut(path, random.Random(3))
    for number in ("000005", "000006"):
        (after.releases / f"{number}.duckdb").unlink()
    with pytest.raises(UserError) as told:
        rebuild(after)
    assert path.name in told.value.message and "备份" in told.value.remedy
    assert open_reader(after).release == "000004"
