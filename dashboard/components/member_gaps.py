"""How many members each township is short of in both readings of 入会率, and how many joined and left."""

from __future__ import annotations

import pandas

from dashboard.cached import figures
from dashboard.components.figure_link import figure_address, link_html
from dashboard.components.months import show_months
from dashboard.components.page import show_section
from dashboard.components.table import number, show_table, word
from dashboard.figures import of_month
from dashboard.selection import Selection
from pipelines.catalog.period import shift_period
from pipelines.reports.numbers import count, is_missing

RATES = ("mem_rate_units", "mem_rate_all")
FLOWS = {"mem_new": "新发展", "mem_left": "减少"}


def _signed(people: float) -> str:
    return f"{people:+,.0f}" if people else "0"


def spread_gaps(rows: pandas.DataFrame) -> pandas.DataFrame:
    """Rows of `of_month` as one row per township: `gap_…` members short of the target in each reading, and who joined and left; the largest gap first."""
    gaps = rows[rows.indicator.isin(RATES)].pivot(index="place", columns="indicator", values="gap").add_prefix("gap_")
    flows = rows[rows.indicator.isin(FLOWS)].pivot(index="place", columns="indicator", values="value")
    wide = gaps.join(flows, how="outer").reindex(columns=[*(f"gap_{code}" for code in RATES), *FLOWS]).astype(float)
    return wide.sort_values(["gap_mem_rate_all", "gap_mem_rate_units"], ascending=False)


def show_member_gaps(selection: Selection) -> None:
    """The table; a gap of 0 is a target that is met, — one that there is none of."""
    wide = spread_gaps(of_month(selection, *RATES, *FLOWS))
    if wide.empty:
        return
    short = wide.gap_mem_rate_all.dropna()
    title = f"按全部职工算，各乡镇入会率都达标合计还差 {count(short.sum())} 人" if len(short) and short.sum() else "会员缺口和增减"
    worst = f"，{short.index[0]}最多，{count(short.iloc[0])} 人" if len(short) > 1 and short.iloc[0] else ""
    show_section(title + worst, "还差：再发展多少名会员达到目标，按已建会单位职工、按全部职工两个口径；增减是所选时段的合计")
    table = []
    for r in wide.itertuples():
        flows = [link_html(number(getattr(r, code)), None if is_missing(getattr(r, code)) else figure_address(selection, code, township=r.Index)) for code in FLOWS]
        net = "—" if is_missing(r.mem_new) or is_missing(r.mem_left) else _signed(r.mem_new - r.mem_left)
        table.append([word(r.Index), number(r.gap_mem_rate_units), number(r.gap_mem_rate_all), *flows, net])
    show_table(["乡镇", "还差·已建会", "还差·全部", "新发展", "减少", "净增"], table, {n for n, place in enumerate(wide.index) if place == selection.township})


def show_joined_and_left(selection: Selection) -> None:
    """What the members grew by, month by month; nothing where nobody told both."""
    rows = figures("month", selection.period.year, *FLOWS)
    first = pandas.Timestamp(shift_period(selection.period, -11))
    rows = rows[(rows.township_code == selection.place_code) & (rows.period >= first) & (rows.period <= pandas.Timestamp(selection.period))]
    wide = rows.assign(value=rows.value.astype(float)).pivot(index="period", columns="indicator", values="value").reindex(columns=list(FLOWS)).dropna()
    net = wide.mem_new - wide.mem_left
    title = f"{len(wide)} 个月新发展 {count(wide.mem_new.sum())} 人，减少 {count(wide.mem_left.sum())} 人，净增 {_signed(net.sum())} 人"
    show_months(net.rename("value").reset_index().assign(category="净增"), "joined_and_left", title=lambda spread: title, unit="人",
                note="每月新发展减去减少的会员，人", twin="逐月净增会员", opens=lambda period, kind: None)  # fmt: skip
