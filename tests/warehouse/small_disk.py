"""What is played on a disk of its own: `unshare -m python -m tests.warehouse.small_disk FOLDER SCENE`; an assertion that fails ends it with 1."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.audit.log import verify_chain
from pipelines.catalog.load import load_catalog
from pipelines.catalog.model import Catalog, TargetChange
from pipelines.faults import DiskFault, UserError
from pipelines.home import ROOT, Home
from pipelines.intake.journal import list_records
from pipelines.intake.keep import list_receipts
from pipelines.intake.load import check_bytes, load_bytes
from pipelines.intake.rebuild import rebuild, roll_back
from pipelines.warehouse.reader import open_reader
from pipelines.warehouse.releases import read_current
from pipelines.warehouse.writer import open_writer
from pipelines.workflow import review
from pipelines.workflow.backup import check_backup, make_backup, restore_backup
from pipelines.workflow.drafts import save_draft
from pipelines.workflow.targets import change_target
from tests.afterwards import rest
from tests.intake.test_load import _content
from tests.serve import Tab, serving
from tests.warehouse.storm import PLACES, find_torn, make_upload

SIZE = 150 * 2**20
FREE = (0, 4096, 40_000, 300_000, 2_000_000, 9_000_000, 13_000_000, 14_000_000, 27_000_000)  # a release of so small a home has 13 MB


def mount(folder: Path, *options: str) -> None:
    """A disk in memory that only this process and its children see."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", ",".join((f"size={SIZE}", *options)), "tmpfs", str(folder)], check=True)


def remount(folder: Path, how: str) -> None:
    """Makes the disk read-only (`ro`) or writable (`rw`)."""
    rest()
    subprocess.run(["mount", "-o", f"remount,{how}", str(folder)], check=True)


@contextmanager
def filled(folder: Path, free: int) -> Iterator[None]:
    """The disk with only so many bytes left."""
    rest()
    told = os.statvfs(folder)
    filler = folder / "filler"
    with filler.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(4096, told.f_bavail * told.f_frsize - free))
    try:
        yield
    finally:
        filler.unlink()


def refused(act: Callable[[], object], word: str = "磁盘已满") -> bool:
    """Whether the act was refused for the disk, with a sentence that says so and what to do."""
    try:
        act()
    except DiskFault as fault:
        assert (word in fault.message or "操作记录写不进去" in fault.message) and "请维护人员" in fault.remedy, (fault.message, fault.remedy)
        return True
    return False


def assert_agrees(home: Home) -> None:
    """Warehouse, receipts, decisions and audit record tell the same, and nothing half written lies about."""
    rest()
    reader = open_reader(home)
    held = [n for (n,) in reader.rows("select submission_id from submission order by 1")]
    assert [f"{r['sequence']:06d}" for r in list_receipts(home) if r["outcome"] == "loaded"] == held
    assert [r["sequence"] for r in list_records(home) if r["outcome"] == "made"] == [n for (n,) in reader.rows("select sequence from decision order by 1")]
    assert find_torn(reader) == [] and reader.damaged is None and not verify_chain(home).fault
    assert not list(home.path.rglob("*.part"))


def fill(home: Home, catalog: Catalog) -> None:
    """Two months of 城关镇 and one of 蒋家堰镇, of which one is approved."""
    for number, place in enumerate(PLACES[:3]):
        assert load_bytes(home, catalog, f"{number}.xlsx", make_upload(number + 1, place)).status == "loaded"
    review.approve(home, catalog, ["000001"], "王干事")


def play_uploads(home: Home, catalog: Catalog) -> None:
    """An upload with less and less room; with the room back the same file is taken."""
    dice, seen = random.Random(5), []
    for number, free in enumerate((*FREE, *(dice.randrange(30_000_000) for _ in range(4)))):
        content, before, release = make_upload(100 + number, PLACES[3 + number % 3]), _content(home), read_current(home)
        with filled(home.path.parent, free):
            seen.append(refused(lambda content=content: load_bytes(home, catalog, "新.xlsx", content)))
            assert not seen[-1] or (_content(home), read_current(home)) == (before, release), f"half done with {free} bytes left"
            rest()
            assert not list(home.path.rglob("*.part"))
        assert load_bytes(home, catalog, "新.xlsx", content).status == ("loaded" if seen[-1] else "unchanged")
        assert_agrees(home)
        for old in sorted(home.releases.glob("*.duckdb"))[:-2]:
            old.unlink()
    assert seen[0] and not all(seen), seen
    now = _content(home)
    rebuild(home)
    assert _content(home) == now


def _files(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def play_other_acts(home: Home, catalog: Catalog) -> None:
    """Approving, drafts, going back, rebuilding, backup and restore without room: refused, nothing changed, and done when there is room."""
    folder, before = home.path.parent, _content(home)
    report = check_bytes(home, catalog, "稿.xlsx", make_upload(50, PLACES[4]))
    acts = {
        "approve": lambda: review.approve(home, catalog, ["000002"], "王干事"),
        "draft": lambda: save_draft(home, "longba", (None, None), make_upload(50, PLACES[4]), report),
        "rollback": lambda: roll_back(home, "000003"),
        "rebuild": lambda: rebuild(home),
        "target": lambda: change_target(home, TargetChange("org_union_rate", 2026, "年度工作要点", "县总工会〔2026〕3号", "县干事", 0.92), 0.9),
    }
    overlay = _files(home.overlay)
    for free in (0, 100_000, 5_000_000):
        for name in acts if free == 0 else ("draft", "rollback", "rebuild"):  # the other two find a little room in their own file
            with open_writer(home, catalog):
                pass  # the live file is there again, so that the act gets as far as it can
            for old in sorted(home.releases.glob("*.duckdb"))[3:-2]:
                old.unlink()
            with filled(folder, free):
                done = not refused(acts[name])
                assert done == (name == "draft" and free > 0), (name, free)
                assert _content(home) == before and _files(home.overlay) == overlay, (name, free)
    with filled(folder, 100_000):
        try:
            make_backup(home, folder / "备份.zip")
            raise AssertionError("a backup without room")
        except UserError as fault:
            assert "磁盘已满" in fault.message
    assert not (folder / "备份.zip").exists() and not list(folder.glob("*.part"))
    make_backup(home, folder / "备份.zip")
    other = Home(folder / "other")
    with filled(folder, 3_000_000):
        assert refused(lambda: restore_backup(other, folder / "备份.zip"))
    assert check_backup(folder / "备份.zip") and restore_backup(other, folder / "备份.zip") and _content(other) == before
    for name in ("approve", "target"):
        with open_writer(home, catalog):
            pass
        with filled(folder, 5_000_000):  # no room for the next writer's file, which is made later
            acts[name]()
        assert_agrees(home)


def say(home: Home, *words: str) -> subprocess.CompletedProcess:
    """A real command."""
    told = {**os.environ, "UNION_BOARD_HOME": str(home.path)}
    return subprocess.run([sys.executable, "-m", "pipelines", *words], cwd=ROOT, env=told, capture_output=True, text=True)


def play_read_only(home: Home, catalog: Catalog) -> None:
    """A read-only home: the board reads and says that nothing can be written; writable again, it takes the same file."""
    folder, content, before = home.path.parent, make_upload(60, PLACES[4]), _content(home)
    (folder / "新.xlsx").write_bytes(content)
    remount(folder, "ro")
    assert refused(lambda: load_bytes(home, catalog, "新.xlsx", content), "只读") and _content(home) == before
    assert refused(lambda: review.approve(home, catalog, ["000002"], "王干事"), "只读")
    for words in (("load", str(folder / "新.xlsx")), ("approve", "2"), ("rebuild",), ("rollback", "1"), ("backup", str(folder / "备份.zip"))):
        done = say(home, *words)
        assert done.returncode == 2 and "Traceback" not in done.stderr and ("只读" in done.stderr or "写不进去" in done.stderr), (words, done.stderr)
    assert say(home, "status", "--period", "2026-03").returncode == 0 and say(home, "releases").returncode == 0
    with serving(home) as board:
        tab = Tab(board)
        for page in ("", "upload", "returns"):
            told = tab.run(page)
            assert "磁盘现在是只读的" in told and "这个页面出了问题" not in told, page
        tab.close()
    remount(folder, "rw")
    assert load_bytes(home, catalog, "新.xlsx", content).status == "loaded"
    assert_agrees(home)


SCENES = {"uploads": play_uploads, "other acts": play_other_acts, "read-only": play_read_only}

if __name__ == "__main__":
    disk = Path(sys.argv[1])
    mount(disk)
    county, meaning = Home(disk / "home"), load_catalog()
    fill(county, meaning)
    SCENES[sys.argv[2]](county, meaning)
