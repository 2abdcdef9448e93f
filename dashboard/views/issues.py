"""问题与计划: what is wrong, why, who puts it right by when, and what was promised and done?"""

from __future__ import annotations

from datetime import date

import pandas
import streamlit as st

from dashboard.cached import find_catalog, query_month
from dashboard.charts.bars import parts_figure
from dashboard.charts.theme import colours
from dashboard.components.cards import Card, show_cards
from dashboard.components.chart import is_dark, show_chart
from dashboard.components.figure_link import figure_address, link_html, rows_address
from dashboard.components.issues import show_issues, show_plans
from dashboard.components.light import light_html
from dashboard.components.page import open_page, show_finding, show_section, show_sources
from dashboard.components.table import show_table, show_twin, word
from dashboard.figures import figure_at, has_report, indicator_card
from dashboard.selection import Selection
from pipelines.catalog.period import shift_period
from pipelines.reports.numbers import NO_DATA, change, figure, is_missing, name_few, percent

OPEN = ("未开始", "进行中")
STATES = {"没有完成": lambda r: ~r.done, "已逾期": lambda r: r.overdue_days > 0, "已完成": lambda r: r.done, "全部": lambda r: r.done | ~r.done}


def read_issues(selection: Selection, months_ago: int = 0) -> pandas.DataFrame:
    """The problems of the chosen place and month, ranked by consequence."""
    gravity = ",".join(choice for choice, _ in find_catalog().form("issues").column("domain").proofs)
    return query_month(selection, "issues_log", period=lambda s: shift_period(s.period, -months_ago), gravity=gravity)


def finding(rows: pandas.DataFrame, selection: Selection, reported: bool) -> str:
    """How many problems stand open, how many are overdue, and the one overdue longest."""
    start = f"{selection.period.month}月{selection.place}"
    if not reported:
        return f"{start}还没有报送问题与计划"
    if rows.empty:
        return f"{start}没有登记问题"
    waiting, overdue = int((~rows.done).sum()), rows[rows.overdue_days > 0]
    if not waiting:
        return f"{start}登记的 {len(rows)} 个问题全部完成整改"
    text = f"{start}还有 {waiting} 个问题没有完成整改"
    if overdue.empty:
        return f"{text}，都没有到期"
    worst = overdue.sort_values("overdue_days", ascending=False).iloc[0]
    named = worst.problem if selection.township else f"{worst.township}“{worst.problem}”"
    return f"{text}，其中 {len(overdue)} 个已逾期，最久的是{named}，逾期 {worst.overdue_days} 天"


def kept_in_time(rows: pandas.DataFrame) -> tuple[int, int]:
    """(done by the day promised, promised by the month's end): late and overdue ones were not kept."""
    due = rows[rows.done | (rows.overdue_days > 0)]
    return int((due.done & (due.late_days == 0)).sum()), len(due)


def count_issues(rows: pandas.DataFrame, period: date) -> dict[str, float | None]:
    """Overdue, newly on the list, closed in the month, and the share of plans kept in time; None throughout where there is no list."""
    if rows.empty:
        return dict.fromkeys(("overdue", "new", "closed", "kept"))
    kept, due = kept_in_time(rows)
    begun, ended = pandas.Timestamp(period), pandas.Timestamp(shift_period(period, 1))
    closed = (rows.done_on >= begun) & (rows.done_on < ended)
    return {"overdue": float((rows.overdue_days > 0).sum()), "new": float((rows.since == begun).sum()), "closed": float(closed.sum()), "kept": kept / due if due else None}


def _cards(rows: pandas.DataFrame, before: pandas.DataFrame, selection: Selection) -> list[Card]:
    now, last = count_issues(rows, selection.period), count_issues(before, shift_period(selection.period, -1))

    def card(label: str, key: str, unit: str) -> Card:
        return Card(label, *figure(now[key], unit), rows=[("较上月", change(now[key], last[key], unit))])

    return [indicator_card(selection, "iss_open", "没有完成", "个"), card("已逾期", "overdue", "个"), card("本月新登记", "new", "个"), card("本月完成", "closed", "个"),
            indicator_card(selection, "iss_close_rate", "问题整改率", "%"), card("按期完成率", "kept", "%")]  # fmt: skip


def places_title(overdue: pandas.Series, kind: str) -> str:
    """Where most is overdue, by place, the most first."""
    most = overdue.iloc[0]
    return f"逾期最多的是{name_few(overdue.index[overdue == most].tolist(), kind)}，{'各 ' if (overdue == most).sum() > 1 else ''}{most} 个" if most else "没有逾期的问题"


def _places(rows: pandas.DataFrame, selection: Selection) -> None:
    by = "domain" if selection.township else "township"
    sums = rows.assign(overdue=rows.overdue_days > 0, waiting=~rows.done & (rows.overdue_days == 0)).groupby(by)[["overdue", "waiting", "done"]].sum()
    sums = sums.sort_values(["overdue", "waiting", "done"], ascending=False)
    tone = colours(is_dark())
    parts = {"已逾期": (tone["red"], sums.overdue.tolist()), "未到期": (tone["blue"], sums.waiting.tolist()), "已完成": (tone["bar"], sums.done.tolist())}
    labels = [f"逾期 {o} / 共 {o + w + d}" for o, w, d in sums.itertuples(index=False)]
    title = places_title(sums.overdue, "个领域" if selection.township else "个乡镇")
    show_chart(parts_figure(sums.index.tolist(), parts, labels, unit="个", dark=is_dark()), title, "登记的问题，个；期限相对于月末", "issue_places")
    show_twin(sums.reset_index(), {by: "乡镇" if by == "township" else "领域", "overdue": "已逾期（个）", "waiting": "未到期（个）", "done": "已完成（个）"}, "问题数")


def _proof(selection: Selection, indicator: str | None) -> str:
    if indicator is None:
        return "—"
    told, row = find_catalog().indicator(indicator), figure_at(selection, indicator)
    if row is None or is_missing(row.value):
        return f"{word(told.name)} {light_html('none', NO_DATA)}"
    text = f"{percent(row.value)}%" if told.unit == "%" else " ".join(figure(row.value, told.unit))
    return f"{word(told.name)} " + link_html(light_html(row.light, text) if row.light != "none" else text, figure_address(selection, indicator))


def _domains(rows: pandas.DataFrame, selection: Selection) -> None:
    proofs = dict(find_catalog().form("issues").column("domain").proofs)
    show_section("各领域的问题，和证明它解决了没有的指标", "按后果轻重排列；指标是所选乡镇或全县本月的数")
    table = []
    for domain in [*proofs, *sorted(set(rows.domain) - set(proofs))]:
        of = rows[rows.domain == domain]
        late, waiting = int((of.overdue_days > 0).sum()), int((~of.done).sum())
        shown = link_html(str(waiting), rows_address(selection, "issues", domain=domain, status=OPEN)) if waiting else "0"
        table.append([word(domain), str(len(of)), shown, light_html("red", f"{late} 个") if late else "0", _proof(selection, proofs.get(domain))])
    show_table(["领域", "登记", "没有完成", "已逾期", "佐证指标"], table, text=(0, 4))


def show() -> None:
    """Counts, who is overdue, fields with their proof, plans kept, and the log itself."""
    selection = open_page("问题与计划", readings=False)
    if selection is None:
        return
    rows, before, reported = read_issues(selection), read_issues(selection, 1), has_report(selection, "iss_open")
    show_finding(finding(rows, selection, reported))
    show_cards(_cards(rows, before, selection))
    if not rows.empty:
        left, right = st.columns(2, gap="large")
        with left:
            _places(rows, selection)
        with right:
            _domains(rows, selection)
            kept, due = kept_in_time(rows)
            show_plans(rows, f"已经到期的 {due} 项计划，按期完成 {kept} 项" if due else "还没有到期的计划")
        show_section("问题台账", "逾期的在前，其次看领域的后果轻重，再看逾期长短")
        state = st.segmented_control("状态", list(STATES), default="没有完成", key="issue_state", bind="query-params", label_visibility="collapsed") or "没有完成"
        show_issues(rows[STATES[state](rows)], selection, one_place=bool(selection.township))
    show_sources(selection, "问题与计划")
