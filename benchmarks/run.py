"""One run of the benchmarks: the homes that they measure on, made once, and what they found, told as it comes and as a table at the end."""

from __future__ import annotations

import os
import platform
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from benchmarks.divisions import SIZES
from benchmarks.generate import generate, make_model
from pipelines.home import Home
from pipelines.warehouse.reader import open_reader

HEADS = ("benchmark", "size", "Union Board", "instead", "ratio", "target", "met")


@dataclass(frozen=True, slots=True)
class Result:
    """One line: what was measured, and beside it what a user would use instead; `met` is None where there is no target."""

    benchmark: str
    size: str
    ours: str
    instead: str = ""
    ratio: str = ""
    target: str = ""
    met: bool | None = None

    def cells(self) -> list[str]:
        """The line's words in the order of HEADS."""
        return [self.benchmark, self.size, self.ours, self.instead, self.ratio, self.target, {None: "", True: "yes", False: "**no**"}[self.met]]


@dataclass
class Run:
    """Where it runs, on which sizes, how often each thing is done, and what was found."""

    folder: Path
    sizes: tuple[str, ...] = ("county", "province")
    times: int = 5
    sessions: tuple[int, ...] = (1, 10, 50, 100, 200)
    seconds: float = 10  # that every number of sessions is kept up
    ledger_rows: int = 50_000
    months: int = 12  # of the demo county that the sizes are modelled on
    views: tuple[str, ...] = ()  # whose statements are measured; all where none is named
    pandas: tuple[str, ...] = ("county", "province")  # sizes whose CSV export pandas is given
    lakes: tuple[str, ...] = ("county", "province")  # sizes whose whole views are read from a lake too
    results: list[Result] = field(default_factory=list)
    points: dict[tuple[str, str], dict[str, tuple[float, int | None]]] = field(default_factory=dict)  # (what, unit) -> size -> value and of how much

    def model(self) -> Home:
        """The demo county."""
        return make_model(Home(self.folder / "model"), self.months)

    def home(self, size: str) -> Home:
        """The home of a size; benchmarks that write copy it."""
        home = Home(self.folder / size)
        if not (home.releases / "CURRENT").exists():
            shutil.rmtree(home.path, ignore_errors=True)
            generate(home, SIZES[size], self.model(), receipts=size != "country")
        return home

    def copy(self, size: str) -> Home:
        """A copy of it that may be written to; the last one goes."""
        copy = self.folder / f"{size}-copy"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(self.home(size).path, copy)
        return Home(copy)

    def tell(self, *cells: str, met: bool | None = None) -> None:
        """Notes a line and prints it."""
        result = Result(*cells, met=met)
        self.results.append(result)
        print("  ".join(text for text in result.cells() if text).replace("**", ""), flush=True)

    def count(self, size: str, table: str) -> int:
        """Rows of a table of the size's release."""
        return open_reader(self.home(size)).rows(f'select count(*) from "{table}"')[0][0]

    def point(self, what: str, unit: str, size: str, value: float, amount: int | None = None) -> None:
        """Notes a value for its growth with the `amount` that it was measured on: where none is given, the figures reported in the size's home."""
        self.points.setdefault((what, unit), {})[size] = value, amount


def timed(work: Callable[[], object]) -> float:
    """Seconds that the work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def best(work: Callable[[], object], times: int) -> float:
    """The median of so many."""
    return sorted(timed(work) for _ in range(times))[times // 2]


def in_turns(works: Sequence[Callable[[], object]], times: int) -> list[float]:
    """The medians of several, so many rounds in which each has its turn: the machine is not equally fast for long."""
    rounds = [[timed(work) for work in works] for _ in range(times)]
    return [sorted(spent)[times // 2] for spent in zip(*rounds, strict=True)]


def loop_seconds() -> float:
    """Processor time of twenty million additions: the same machine took from 1.2 to 3.5 seconds on different days."""
    start, total = time.process_time(), 0
    for number in range(20_000_000):
        total += number
    return time.process_time() - start


def describe_machine() -> str:
    """What the numbers depend on."""
    with Path("/proc/cpuinfo").open() as file:
        model = next((line.split(":", 1)[1].strip() for line in file if line.startswith("model name")), platform.machine())
    gigabytes = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9
    system = f"{platform.system()} {platform.release()}, Python {platform.python_version()}"
    return f"{model}, {os.cpu_count()} cores, {gigabytes:.0f} GB, {system}, {loop_seconds():.1f} s for a loop of 20 million additions"


def as_markdown(run: Run) -> str:
    """The table, with machine, date and command above it."""
    command = " ".join(["python -m benchmarks", *sys.argv[1:]])
    lines = [f"- Machine: {describe_machine()}; load average {os.getloadavg()[2]:.1f} over the last fifteen minutes", f"- Date: {datetime.now():%Y-%m-%d %H:%M}", f"- Command: `{command}`", ""]
    rows = [list(HEADS), ["---"] * len(HEADS), *(r.cells() for r in run.results)]
    return "\n".join([*lines, *("| " + " | ".join(c.replace("|", "/") for c in row) + " |" for row in rows)])
