"""How time and memory grow with the number of figures reported: the exponent of each, fitted over the sizes of this run."""

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
        counts = {size: run.count(size, FIGURES) for size in found}
        told = ", ".join(f"{found[size]:.3g} {unit} at {counts[size]:,}" for size in found)
        power = exponent([counts[size] for size in found], list(found.values()))
        run.tell(f"growth: {what}", "–".join(found), told, "", f"exponent {power:.2f}", "<= 1", met=power <= 1.05)
