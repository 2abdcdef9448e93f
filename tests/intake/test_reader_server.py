"""The fork server that reads files, asked as a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys

from pipelines.home import ROOT
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
