"""Steps of one process, such as 立项, 完成 and 获奖: bars that tell each step's share of an earlier one, and their table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas

from dashboard.charts.bars import funnel_figure
from dashboard.components.chart import is_dark, show_chart
from dashboard.components.figure_link import link_points
from dashboard.components.table import show_twin
from pipelines.reports.numbers import count


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what it is called, how many came so far, where that is opened, and of which step (its place in the row) the share is told."""

    name: str
    value: float
    address: str | None
    of: int | None = None


def _told(steps: Sequence[Step]) -> pandas.DataFrame:
    """One row per step; no share of nothing."""
    bases = [None if s.of is None else steps[s.of] for s in steps]
    shares = [s.value / base.value * 100 if base and base.value else None for s, base in zip(steps, bases, strict=True)]
    return pandas.DataFrame({
        "name": [s.name for s in steps], "value": [s.value for s in steps], "share": pandas.Series(shares, dtype=float), "of": [base.name if base else "" for base in bases],
    })  # fmt: skip


def show_funnel(steps: Sequence[Step], unit: str, title: str, note: str, key: str, twin: str) -> None:
    """Draws bars and table; `twin` is what the table is about."""
    told = _told(steps)
    labels = [f"{count(r.value)} {unit}" + (f"（占{r.of} {r.share:.1f}%）" if r.share == r.share else "") for r in told.itertuples()]
    figure = funnel_figure(told.name.tolist(), told.value.tolist(), labels, dark=is_dark())
    figure.update_layout(margin_r=190)
    addresses = [s.address for s in steps]
    show_chart(link_points(figure, addresses), title, note, key)
    show_twin(told, {"name": "环节", "value": f"数量（{unit}）", "share": "占比（%）", "of": "占哪个环节"}, twin, addresses)
