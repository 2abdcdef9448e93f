"""乡镇画像: one township on one page."""

from __future__ import annotations

from html import escape

import pandas
import streamlit as st

from dashboard.attention import list_attention
from dashboard.cached import find_catalog, query_month
from dashboard.comparison import compare_townships
from dashboard.components.attention import attention_html
from dashboard.components.cards import show_cards
from dashboard.components.drawn import drawn
from dashboard.components.issues import show_issues
from dashboard.components.light import light_html
from dashboard.components.page import open_page, show_finding, show_section, show_sources
from dashboard.components.portrait import describe_rank, show_areas, show_score
from dashboard.components.state import LEGEND, state_html
from dashboard.components.table import number, show_table, word
from dashboard.components.trend import show_trend
from dashboard.figures import COMPARED, has_report, indicator_card, is_too_early, of_month, period_before, year_ago
from dashboard.links import view_address
from dashboard.same_months import keep_same_months
from dashboard.selection import Selection
from pipelines.reports.numbers import percent


def read_figures(selection: Selection) -> tuple[pandas.DataFrame, list[str], str]:
    """The township's figures, the names of the others in its peer group, and the name of that group."""
    groups, peers = compare_townships(selection, "org_union_rate")[["township_code", "township", "peers"]], find_catalog().peers
    own = groups[groups.township_code == selection.township_code].peers.iloc[0]
    same = groups[groups.peers == own]
    told = {"peers": ",".join(same.township_code), "least": peers.least, "least_of": ",".join(f"{code}:{least}" for code, least in peers.least_of)}
    rows = query_month(selection, "township_figures", before=period_before, year_ago=year_ago, **told)
    rows = keep_same_months(selection, rows.assign(township_code=selection.township_code), before=COMPARED[selection.reading][0][1], year_before=12)
    rows = rows.assign(light=["none" if is_too_early(selection, code) else light for code, light in zip(rows.indicator, rows.light, strict=True)])
    return rows, same[same.township_code != selection.township_code].township.tolist(), own


def finding(rows: pandas.DataFrame, open_issues: pandas.DataFrame, selection: Selection) -> str:
    """How many areas meet their target, where 建会率 stands among all, and what is overdue."""
    start = f"{selection.township}{selection.span}"
    if rows.empty:
        return f"{start}还没有报送月报"
    areas = {a.indicator: a.label for a in find_catalog().overview.areas}
    judged = rows[rows.indicator.isin(areas) & (rows.light != "none")]
    text = f"{start}，{len(judged)} 个领域中 {int((judged.light == 'green').sum())} 个达标"
    for row in rows[rows.indicator == "org_union_rate"].itertuples():
        rank = describe_rank(row)
        text += f"；建会率 {percent(row.value)}%" + (f"，在 {int(row.ranked)} 个乡镇中列第 {int(row.place)}" if rank != "—" else "")
    overdue = int((open_issues.overdue_days > 0).sum())
    if open_issues.empty:
        return f"{text}；没有未完成的问题"
    return f"{text}；{len(open_issues)} 个问题没有完成整改" + (f"，{overdue} 个已逾期" if overdue else "")


def _returns(selection: Selection) -> None:
    rows = query_month(selection, "returns_board")
    rows = rows[rows.township_code == selection.township_code]
    on_time = int((rows.status == "on_time").sum())
    show_section(f"近 {len(rows)} 个月按时报送 {on_time} 个月", LEGEND)
    heads = [f"{p.year}年<br>{p.month}月" for p in rows.period]
    show_table(heads, [[state_html(r, short=True) for r in rows.itertuples()]])


def _standards(selection: Selection) -> None:
    rows = query_month(selection, "standards_lacking")
    lacking = rows.groupby("standard_name").lacking.sum()
    title = "、".join(f"{name}缺 {n} 项次" for name, n in lacking.items())
    show_section(f"自查：{title}" if title else "自查：八有、六会没有缺项", "缺的多的在前；没有自查的工会算缺")
    table = [[word(r.standard_name), word(r.item_name), f"{r.lacking}/{r.unions}", word("、".join(r.names[:3]) + (" 等" if r.lacking > 3 else ""))] for r in rows.itertuples()]
    if table:
        show_table(["标准", "缺项", "缺的工会", "哪些工会"], table, text=(0, 1, 3))


def _attention(selection: Selection) -> None:
    items = list_attention(selection)
    show_section("需要关注", "按后果轻重排列")
    st.html(attention_html(items))


def _met(selection: Selection) -> pandas.DataFrame:
    """By township the areas that meet their target (`met`) and those that could be judged (`judged`), the best share first."""
    rows = of_month(selection, *(a.indicator for a in find_catalog().overview.areas))
    rows = rows[rows.light.ne("none") & rows.value.notna()].assign(met=lambda r: r.light == "green")
    told = rows.groupby("place").met.agg(met="sum", judged="count")
    return told.assign(share=told.met / told.judged).sort_values(["share", "judged"], ascending=False, kind="stable")


def _all_townships(selection: Selection) -> None:
    met = _met(selection)
    if met.empty:
        show_finding(f"{selection.span}还没有乡镇报送有目标的指标")
        return
    best, worst = (f"{r.Index}（{r.met}/{r.judged}）" for r in met.iloc[[0, -1]].itertuples())
    show_finding(f"{selection.span}，{len(met)} 个有数据的乡镇中，达标领域最多的是{best}，最少的是{worst}")
    show_section("选一个乡镇，看它的全貌", "达标领域：有目标、有数据的领域里达标的")
    issues = query_month(selection, "issues_log", place="", gravity="").query("not done")
    table = []
    for r in query_month(selection, "returns_of_month").itertuples():
        of = issues[issues.township == r.township]
        late = int((of.overdue_days > 0).sum())
        counted = [number(len(of)), light_html("red", f"{late} 个") if late else "0"] if r.status != "missing" else ["—", "—"]
        score = f"{met.met[r.township]}/{met.judged[r.township]}" if r.township in met.index else "—"
        table.append([f'<a class="plain" href="{view_address("township", selection, r.township)}">{escape(r.township)}</a>', state_html(r), score, *counted])
    show_table(["乡镇", "月报", "达标领域", "没有完成的问题", "其中已逾期"], table, text=(0, 1))


def _areas(rows: pandas.DataFrame, peers: list[str], group: str, selection: Selection) -> None:
    told = f"同类是{group}的乡镇：{'、'.join(peers)}" if peers else "没有可比的同类乡镇"
    show_section("各领域的指标，和自己的过去、同类、全县比", f"{told}。名次只排比率，1 是最好，分母太小的和没有数据的不排")
    lines = query_month(selection, "township_lines")
    show_areas(rows, dict(zip(lines.indicator, lines.line, strict=True)), selection)


def _one(selection: Selection) -> None:
    rows, peers, group = read_figures(selection)
    rows = rows if has_report(selection, "org_unit_total") else rows[:0]
    issues = query_month(selection, "issues_log", gravity="").query("not done")
    show_finding(finding(rows, issues, selection))
    catalog = find_catalog()
    show_cards([indicator_card(selection, c.indicator, c.label, catalog.indicator(c.indicator).unit) for c in catalog.overview.cards])
    if not rows.empty:
        _areas(rows, peers, group, selection)
    left, right = st.columns(2, gap="large")
    with left:
        _attention(selection)
        show_trend(selection, "org_union_rate", "portrait_union")
    with right:
        if not rows.empty:
            show_score(selection)
            _standards(selection)
    _returns(selection)
    if not rows.empty:
        show_section(f"没有完成的问题和计划 {len(issues)} 个" if len(issues) else "没有未完成的问题", "逾期的在前")
        show_issues(issues, selection, one_place=True)


@drawn
def _body(selection: Selection) -> None:
    if selection.township_code:
        _one(selection)
    else:
        _all_townships(selection)
    show_sources(selection, "全部表")


def show() -> None:
    """A chosen township on one page; all of them to choose from, where none is."""
    if selection := open_page("乡镇画像"):
        _body(selection)
