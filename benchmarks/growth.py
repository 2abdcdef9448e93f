"""How time and memory grow with what they were measured on, the number of figures reported where nothing else is named: the exponent of each, fitted over the sizes of this run."""

from __future__ import annotations

import numpy

from benchmarks.run import Run

FIGURES = "measure_value"


def exponent(sizes: list[float], values: list[float]) -> float:
    """b of the value = a · size ** b that fits best."""
    return float(numpy.polyfit(numpy.log(sizes), numpy.log(values), 1)[0])


def main(run: Run) -> None:
    """One line for everything that was measured on two sizes or more; 1 is linear, 0 does not grow."""
    for (what, unit), found in run.points.items():
        if len(found) < 2:
            continue
        counts = {size: amount or run.count(size, FIGURES) for size, (_, amount) in found.items()}
        told = ", ".join(f"{value:.3g} {unit} at {counts[size]:,}" for size, (value, _) in found.items())
        power = exponent(list(counts.values()), [value for value, _ in found.values()])
        run.tell(f"growth: {what}", "–".join(found), told, "", f"exponent {power:.2f}", "<= 1", met=power <= 1.05)
