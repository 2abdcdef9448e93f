"""Work measured in a process of its own, for its memory: nothing that was read before it counts."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass

from pipelines.home import ROOT

_CLOCK = """
import json, resource, sys, time
from pathlib import Path
def peak():
    return int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) / 1024  # ru_maxrss begins with what the parent held
"""
_START = "before, start = peak(), time.perf_counter()\n"
_END = """
spent = time.perf_counter() - start
children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
print(json.dumps({"seconds": spent, "more": peak() - before, "whole": peak() + children}))
"""


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds of the work; megabytes that the process held at most, more than before it and in all, the largest of its own children included in the second."""

    seconds: float
    more: float
    whole: float


def measure(setting: str, work: str, *arguments: object) -> Spent:
    """Runs `setting`, then `work`, both Python with `arguments` in `sys.argv`; only the work is measured. CalledProcessError where it fails."""
    command = [sys.executable, "-c", _CLOCK + setting + _START + work + _END, *map(str, arguments)]
    return Spent(**json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT).stdout))
