"""The fork server that reads files, asked as a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import time

from pipelines.home import ROOT
from pipelines.intake.read.guard import Guard
from pipelines.intake.read.server import write_frame
from tests.intake.build import workbook


def test_a_reader_whose_caller_was_killed_ends_without_a_word():
    command = [sys.executable, "-m", "pipelines.intake.read.server"]
    reader = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    reader.stdout.close()
    write_frame(reader.stdin, json.dumps({"seconds": 30, "megabytes": 2048, "files": 1}).encode())
    write_frame(reader.stdin, workbook())
    assert (reader.wait(60), reader.stderr.read().decode()) == (0, "")
    reader.stdin.close()
    reader.stderr.close()


def test_an_answer_that_waits_to_be_fetched_is_no_slow_file():
    """A loader of many files does other things meanwhile, for longer than a file may take."""
    guard = Guard()
    try:
        guard.ask([workbook(), workbook()])
        until = time.monotonic() + 20
        while not guard._late.finished.is_set() and time.monotonic() < until:
            time.sleep(0.05)
        assert guard._late.finished.is_set(), "the time still runs though the work is done"
        assert [sheet.name for sheet in guard.answers()[1]][:2] == ["封面", "单位与工会名册"]
    finally:
        guard.close()


def test_a_guard_that_is_closed_before_its_answers_were_fetched_ends_quietly():
    guard = Guard()
    guard.ask([workbook()])
    guard.close()
    assert not guard._taking.is_alive() and guard.read(workbook())
    guard.close()
