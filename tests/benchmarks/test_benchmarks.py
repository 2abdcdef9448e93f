"""Every benchmark still runs and tells something, on homes so small that its numbers mean nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.__main__ import NAMES, run_all
from benchmarks.growth import exponent
from benchmarks.run import Run, as_markdown
from tests.chromium import CHROMIUM
from tests.postgres import PROGRAMS

LINES = {"growth": 1, "intake": 2, "check": 2, "queries": 2, "whole": 8 if PROGRAMS else 4, "export": 2, "footprint": 2, "visible": 2 if PROGRAMS else 1, "page": 1, "first_visit": 1}


@pytest.fixture(scope="module")
def run(demo, tmp_path_factory) -> Run:
    """Of the smallest size, on a model that is there already."""
    folder = tmp_path_factory.mktemp("benchmarks")
    (folder / "model").symlink_to(demo.path)
    return Run(folder, sizes=("tiny",), times=1, sessions=(2,), seconds=0, ledger_rows=50, views=("overview",), pandas=("tiny",), lakes=("tiny",))


@pytest.mark.parametrize("name", [n for n in NAMES if n not in ("views", "growth")])
def test_every_benchmark_runs(run, name, monkeypatch):
    if name == "first_visit" and not CHROMIUM:
        pytest.skip("没有安装 chromium，跳过浏览器测试")
    monkeypatch.setenv("UNION_BOARD_HOME", str(run.folder / "nowhere"))
    before = len(run.results)
    run_all(run, [name])
    assert len(run.results) - before >= LINES[name]


def test_the_growth_is_told_for_what_was_measured_twice(tmp_path):
    run = Run(tmp_path)
    run.point("something", "s", "tiny", 1.0)
    for rows in (10, 100):
        run.point("a ledger, by its rows", "s", f"{rows}", rows / 10, rows)
    run_all(run, ["growth"])
    (line,) = run.results
    assert (line.benchmark, line.ours, line.ratio, line.met) == ("growth: a ledger, by its rows", "1 s at 10, 10 s at 100", "exponent 1.00", True)
    assert exponent([10, 100, 1000], [3, 30, 300]) == pytest.approx(1)
    assert exponent([10, 100, 1000], [5, 5, 5]) == pytest.approx(0)


def test_the_table_has_machine_date_and_command_above_it():
    run = Run(Path("nowhere"))
    run.tell("load", "county", "1/s", "pandas: 0.5/s", "2 times as fast", ">= 10 times", met=False)
    text = as_markdown(run)
    assert all(word in text for word in ("Machine: ", "Date: ", "python -m benchmarks"))
    assert "| load | county | 1/s | pandas: 0.5/s | 2 times as fast | >= 10 times | **no** |" in text
