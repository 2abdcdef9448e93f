"""The figures of a generated size: what the demo county reports, drawn anew for townships of log-normal sizes, with its seasons, growth and gaps."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import numpy

_SHAPES = """with reported as (
    select month(period) as month, count(distinct (township_code, period)) as reports from demo.measure_value group by all
)
select v.measure, r.month, avg(v.value)::double as mean, count(*) filter (where v.value = 0)::double / count(*) as zeros, count(*)::double / any_value(r.reports) as present
from demo.measure_value as v join reported as r on r.month = month(v.period) group by v.measure, r.month"""
_RATIOS = "select distinct numerator_measure, denominator_measure from indicator where kind = 'ratio' and unit = '%' and denominator_measure is not null and numerator_measure not like 'returns.%'"
AT_LEAST = 0.003  # of the figures are lower bounds
SPREAD = 0.8  # sigma of the townships' sizes


@dataclass(frozen=True, slots=True)
class Shape:
    """A measure as the demo has it, by month of the year (index 0 is January): its mean, how often it is 0, and how often it is there."""

    name: str
    mean: numpy.ndarray
    zeros: numpy.ndarray
    present: numpy.ndarray


def read_shapes(connection: duckdb.DuckDBPyConnection) -> dict[str, Shape]:
    """Of the attached `demo`, by measure."""
    told: dict[str, numpy.ndarray] = {}
    for measure, month, *values in connection.execute(_SHAPES).fetchall():
        told.setdefault(measure, numpy.zeros((3, 12)))[:, month - 1] = values
    return {name: Shape(name, *told[name]) for name in sorted(told)}


def read_ceilings(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Numerator -> a denominator that it never passes."""
    return dict(connection.execute(_RATIOS).fetchall())


class Townships:
    """What does not change from month to month: each township's size (mean 1) and how well it works (mean 1)."""

    def __init__(self, random: numpy.random.Generator, count: int) -> None:
        self.size = random.lognormal(-SPREAD * SPREAD / 2, SPREAD, count)
        self.quality = random.beta(8, 2, count) / 0.8


def draw_month(random: numpy.random.Generator, townships: Townships, shapes: dict[str, Shape], ceilings: dict[str, str], month: int, elapsed: int) -> dict[str, numpy.ndarray]:
    """Measure -> a value per township (nan where there is none), in the month of the year and so many months after the first."""
    count = len(townships.size)
    base = townships.size * (1 + 0.002 * elapsed)
    subjects: dict[str, numpy.ndarray] = {}  # what happened at all, the same for every figure about it
    drawn: dict[str, numpy.ndarray] = {}
    for name, shape in shapes.items():
        chance = subjects.setdefault(name.split("[")[1] if "[" in name else name, random.random(count))
        zeros = shape.zeros[month - 1]
        mean = shape.mean[month - 1] / max(1 - zeros, 1e-9)
        noise = random.lognormal(-0.005, 0.1, count) * (townships.quality if name in ceilings else 1)
        values = numpy.where(chance < zeros, 0, numpy.maximum(numpy.rint(mean * base * noise), 1)) if mean else numpy.zeros(count)
        drawn[name] = numpy.where(chance > shape.present[month - 1], numpy.nan, values)
    for _ in range(3):  # a numerator may be a denominator of others
        for above, below in ceilings.items():
            if above in drawn and below in drawn:
                drawn[above] = numpy.minimum(drawn[above], drawn[below])
    return drawn
