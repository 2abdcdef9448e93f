"""What a server mends before it opens: what a killed process left half done, and nothing else."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from pipelines.catalog.model import Catalog
from pipelines.home import Home
from pipelines.warehouse.releases import read_current
from pipelines.warehouse.spill import SPILL
from pipelines.warehouse.writer import hold_lock, is_behind, open_writer

UNFINISHED = ("rebuilding", "restoring")
ALONE = ("releases", "warehouse")  # written under the writers' lock only
HOUR = 3600  # another process may be writing a younger part: one of several is started anew while the others work
DAY = 24 * HOUR  # or reading what it spilled, for a download that takes long


def _leftovers(home: Home) -> list[Path]:
    """Files and folders that only an unfinished write leaves; a finished one renamed or removed them. The caller holds the writers' lock."""
    parts = [p for p in home.path.rglob("*.part") if p.is_file() and _is_left(home, p)]
    spilled = [p for p in home.path.glob(f"{SPILL}*/*") if _is_left(home, p)]
    return [*parts, *spilled, *(home.path / name for name in UNFINISHED if (home.path / name).exists())]


def _is_left(home: Home, part: Path) -> bool:
    room = part.relative_to(home.path).parts[0]
    try:
        return room in ALONE or time.time() - part.stat().st_mtime > (DAY if room.startswith(SPILL) else HOUR)
    except FileNotFoundError:  # it was finished meanwhile
        return False


def start_up(home: Home, catalog: Catalog) -> list[str]:
    """Publishes what a killed writer had committed and removes what others left half written; gives what was done, in Chinese.

    UserError when somebody is writing and does not end, or the disk takes nothing: the board can be opened for reading all the same.
    """
    if not home.path.exists():
        return []
    done = []
    with hold_lock(home, 5):
        for path in _leftovers(home):
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
            done.append(f"清除没有写完的 {path.relative_to(home.path)}")
    if is_behind(home):
        before = read_current(home)
        with open_writer(home, catalog, "补发中断的入库"):
            pass
        if (after := read_current(home)) != before:
            done.append(f"补发中断的入库：版本 {before or '无'} → {after}")
    return done
