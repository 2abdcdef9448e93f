"""How fairly relief was given: persons counted once, money received against money spent, and payments far from what is usual."""

from __future__ import annotations

from dataclasses import replace

import pandas
import streamlit as st

from dashboard.cached import query_month
from dashboard.components.figure_link import figure_address, link_html, row_address
from dashboard.components.page import show_section
from dashboard.components.table import day, show_table, word
from dashboard.figures import figure_at, of_month
from dashboard.selection import Selection
from pipelines.reports.numbers import count, is_missing, money

FACTOR, LEAST = 3, 8  # how many times the usual is far, and over how many payments the usual is told
SHOWN = 8


def show_once(selection: Selection, payments: int) -> None:
    """How many persons stand behind the payments that name one, and who was helped twice or more; names are masked by the reader."""
    rows = query_month(selection, "relief_people")
    if rows.empty:
        show_section("没有填写身份证号的救助，数不出人", "同一个人只算一次，要凭身份证号（只保存掩码）")
        return
    named, again = int(rows.payments.sum()), rows[rows.payments > 1]
    show_section(f"实名救助 {count(named)} 笔，{count(len(rows))} 人，其中 {count(len(again))} 人不止一次", f"同一身份证号只算一人；全部 {count(payments)} 笔里有 {count(payments - named)} 笔没有填身份证号")
    table = [[word(r.name), word(r.townships), count(r.payments), " ".join(money(r.amount)), word(r.categories)] for r in again.head(SHOWN).itertuples()]
    if table:
        show_table(["姓名", "乡镇", "次数", "合计", "类别"], table, text=(0, 1, 4))


def show_funds(selection: Selection) -> None:
    """Relief funds received and spent in the year so far, by township."""
    year = replace(selection, reading="year")
    total = [figure_at(year, code) for code in ("relief_fund_in", "relief_amount")]
    if any(row is None or is_missing(row.value) for row in total):
        show_section("帮扶资金到位无数据", "乡镇月报“帮扶资金到位”是选报指标，填报后这里与支出对比")
        return
    received, spent = (float(row.value) for row in total)
    share = f"，用了 {spent / received * 100:.0f}%" if received else ""
    show_section(f"今年到位 {' '.join(money(received))}，支出 {' '.join(money(spent))}{share}", "本年累计；支出多于到位的乡镇在前")
    rows = of_month(year, "relief_fund_in", "relief_amount").assign(value=lambda r: r.value.astype(float))
    wide = rows.pivot(index="place", columns="indicator", values="value").dropna()
    wide = wide.assign(left=wide.relief_fund_in - wide.relief_amount).sort_values("left") if len(wide.columns) == 2 else pandas.DataFrame()
    table = [[word(r.Index), *(link_html(" ".join(money(getattr(r, code))), figure_address(year, code, township=r.Index)) for code in ("relief_fund_in", "relief_amount")),
              " ".join(money(r.left))] for r in wide.itertuples()]  # fmt: skip
    show_table(["乡镇", "到位", "支出", "结余"], table, {n for n, place in enumerate(wide.index) if place == selection.township})


def show_outliers(selection: Selection) -> None:
    """Payments whose amount per head is far from the usual of their kind."""
    rows = query_month(selection, "relief_outliers", factor=FACTOR, least=LEAST)
    note = f"人均超过同类中位数 {FACTOR} 倍或不到 {FACTOR} 分之一；中位数按近 12 个月，不足 {LEAST} 笔的类别不比"
    if rows.empty:
        show_section("人均金额没有离谱的", note)
        return
    show_section(f"{len(rows)} 笔人均金额离同类较远，请核对", note)
    table = [[day(r.date), word(r.township), word(r.union_name), word(r.category), f"{r.per_head:,.0f}", f"{r.usual:,.0f}",
              link_html(f"第 {r.source_row} 行", row_address(selection, "relief", "amount", r))] for r in rows.head(SHOWN).itertuples()]  # fmt: skip
    show_table(["日期", "乡镇", "单位", "类别", "人均（元）", "同类（元）", "出处"], table, text=(0, 1, 2, 3, 6))
    if len(rows) > SHOWN:
        st.caption(f"另有 {len(rows) - SHOWN} 笔。")
