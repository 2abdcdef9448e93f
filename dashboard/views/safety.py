"""安全生产: is anyone in danger?"""

from __future__ import annotations

from datetime import date
from html import escape

import pandas
import streamlit as st

from dashboard.cached import query_month
from dashboard.components.cards import show_cards
from dashboard.components.drawn import drawn
from dashboard.components.figure_link import link_html, row_address, rows_address
from dashboard.components.league import show_league
from dashboard.components.light import light_html
from dashboard.components.months import show_months
from dashboard.components.page import open_page, show_finding, show_section, show_sources
from dashboard.components.reported import name_year
from dashboard.components.same_period import show_same_period
from dashboard.components.table import MOST, day, number, show_table, show_twin, word
from dashboard.figures import has_report, indicator_card, year_back
from dashboard.hazards import counted_until, hazards_since, open_hazards
from dashboard.selection import Selection
from pipelines.catalog.period import name_period
from pipelines.reports.numbers import count, is_missing, money

CARDS = [("safe_accident", "安全事故", "起"), ("safe_injury", "重伤", "人"), ("safe_fix_rate", "隐患整改率", "%"), ("safe_hazard", "发现隐患", "处"),
         ("safe_inspect", "检查次数", "次"), ("safe_training", "安全培训", "人次")]  # fmt: skip

GUARD = [("safe_death", "死亡", "人"), ("safe_sentinel", "安全哨兵表彰", "人"), ("safe_cup_unit", "安康杯参赛单位", "家"), ("safe_cup_team", "安康杯参赛班组", "个"),
         ("safe_cup_worker", "安康杯参赛职工", "人")]  # fmt: skip

SHOWN = 15  # of the hazards left; the rest stand in the folded table


def finding(accidents: pandas.DataFrame, hazards: pandas.DataFrame, selection: Selection, reported: bool, today: date | None = None) -> str:
    """Days since the last accident, until the month's end or today, and hazards that are open or overdue."""
    if not reported:
        return f"{selection.span}{selection.place}还没有报送安全生产台账"
    end = counted_until(selection, today)
    if accidents.empty:
        first = f"{selection.place}有记录以来没有发生安全生产事故"
    else:
        last = accidents.iloc[0]
        first = f"{selection.place}已连续 {(end - last.date.date()).days} 天无事故（最近一次：{last.date.year}年{last.date.month}月{last.date.day}日，{last.township}）"
    if hazards.empty:
        return f"{first}；发现的隐患全部整改"
    overdue = hazards[hazards.days > 0].remaining.sum()
    return f"{first}；{name_period(hazards_since(selection))}以来登记的还有 {count(hazards.remaining.sum())} 处隐患没有整改" + (f"，{count(overdue)} 处已过期限" if overdue else "")


def _open_hazards(hazards: pandas.DataFrame, selection: Selection) -> None:
    end = counted_until(selection)
    show_section(f"{len(hazards)} 次检查的隐患没有全部整改", f"{name_period(hazards_since(selection))}以来，报送时没有整改完的；期限在前的排在前面，相对于{end.month}月{end.day}日")
    rows = []
    addresses = [row_address(selection, "safety", "hazards", r) for r in hazards.head(MOST).itertuples()]
    for r, address in zip(hazards.head(SHOWN).itertuples(), addresses, strict=False):
        state = light_html("red", f"逾期 {r.days:.0f} 天") if r.days > 0 else "未定期限" if is_missing(r.due) else "未到期"
        rows.append([escape(r.township), escape(r.union_name), count(r.remaining), day(r.due), state, link_html(escape(f"{r.period.month}月第 {r.source_row} 行"), address)])
    show_table(["乡镇", "单位", "剩余（处）", "期限", "状态", "出处"], rows, text=(0, 1, 5))
    if len(hazards) > SHOWN:
        st.caption(f"另有 {len(hazards) - SHOWN} 笔，在下面的数据表里，也可以到“明细导出”查看安全生产台账。")
        told = hazards.assign(**{c: pandas.to_datetime(hazards[c]).dt.strftime("%Y-%m-%d") for c in ("date", "due")})
        headers = {"township": "乡镇", "union_name": "单位", "date": "检查日期", "remaining": "剩余（处）", "due": "期限", "days": "逾期（天，负数为未到期）", "source_row": "行"}
        show_twin(told, headers, f"全部 {count(len(hazards))} 笔没有全部整改的隐患", addresses)


HARM = ("deaths", "severe_injuries", "minor_injuries", "loss")


def _accident(selection: Selection, r: object) -> list[str]:
    words = [number(r.deaths), number(r.severe_injuries), number(r.minor_injuries), "—" if is_missing(r.loss) else " ".join(money(r.loss))]
    harm = [link_html(w, row_address(selection, "safety", c, r)) for w, c in zip(words, HARM, strict=True)]
    return [day(r.date), escape(r.township), escape(r.union_name), escape(r.accident_level), *harm, word(r.note)]


def _accidents(accidents: pandas.DataFrame, selection: Selection) -> None:
    levels = "、".join(f"{level} {n} 起" for level, n in accidents.accident_level.value_counts().items())
    show_section(f"有记录的事故 {len(accidents)} 起：{levels}" if len(accidents) else "没有事故记录", "单位：人、元")
    if len(accidents):
        rows = [_accident(selection, r) for r in accidents.itertuples()]
        show_table(["日期", "乡镇", "单位", "等级", "死亡", "重伤", "轻伤", "直接损失", "备注"], rows, text=(0, 1, 2, 3, 8))


def _hazard_months(selection: Selection) -> None:
    rows = query_month(selection, "hazard_months", first=year_back)

    def title(wide: pandas.DataFrame) -> str:
        found, fixed = wide.to_numpy().sum(), wide["整改"].sum() if "整改" in wide else 0
        return f"{name_year(selection)}发现隐患 {count(found)} 处，报送时已整改 {count(fixed)} 处"

    def opens(period: date, kind: object) -> str | None:
        if kind == "没有整改":
            return None  # a difference of two columns has no rows of its own
        return rows_address(selection, "safety", "rectified" if kind == "整改" else "hazards", period=period, reading="month")

    show_months(rows, "hazard_months", title=title, unit="处", note="发现的隐患，处，按报送时整改了没有", twin="逐月隐患", opens=opens)


@drawn
def _body(selection: Selection) -> None:
    accidents = query_month(selection, "accidents")
    hazards = open_hazards(selection)
    show_finding(finding(accidents, hazards, selection, has_report(selection, "safe_inspect")))
    show_cards([indicator_card(selection, code, label, unit) for code, label, unit in CARDS])
    left, right = st.columns(2, gap="large")
    with left:
        show_league(selection, "safe_fix_rate", "fix_rate", above="整改隐患", below="发现隐患", unit="处", without="没有发现隐患的乡镇不列")
        _hazard_months(selection)
    with right:
        _open_hazards(hazards, selection)
    _accidents(accidents, selection)
    show_section("安全哨兵和安康杯", "安全生产台账，和乡镇月报选报的安康杯参赛数")
    show_cards([indicator_card(selection, code, label, unit) for code, label, unit in GUARD])
    show_same_period(selection, CARDS)
    show_sources(selection, "安全生产台账、乡镇月报")


def show() -> None:
    """Accidents, hazards put right and hazards overdue."""
    if selection := open_page("安全生产"):
        _body(selection)
