"""Asks what an unknown header means, remembers the answer for the township, and lists what was remembered."""

from __future__ import annotations

import io
from html import escape

import pandas
import streamlit as st

from dashboard.access import require
from dashboard.components.page import show_section
from dashboard.components.plain import plain
from dashboard.components.table import show_table
from pipelines.catalog.model import Catalog, LearnedAlias
from pipelines.faults import Problem
from pipelines.home import Home
from pipelines.intake.learn import add_alias, list_aliases, remove_alias
from pipelines.intake.report import FileReport

LEAVE = "不是要报的，不读"


def _choices(catalog: Catalog, report: FileReport, problem: Problem) -> dict[str, tuple[str, str]]:
    """What the header may be: the columns that its sheet's forms still lack, the guess first."""
    choices = {}
    for form in catalog.forms:
        if not any(t.sheet == problem.sheet for t in report.forms.get(form.key, [])):
            continue
        found = {c.key for c in report.columns[form.key]}
        choices |= {f"{column.header}（{form.title}）": (form.key, column.key) for column in form.columns if column.key not in found}
    return dict(sorted(choices.items(), key=lambda pair: f"{pair[1][0]}.{pair[1][1]}" != problem.field))


def ask_headers(home: Home, catalog: Catalog, report: FileReport) -> None:
    """A question for each unknown header of a known township; the answer is kept and the file read again."""
    asked = [(p, choices) for p in report.problems if p.code == "unknown_column" and p.found and (choices := _choices(catalog, report, p))]
    township = catalog.township(report.township_code or "")
    if not asked or township is None:
        return
    st.html(f'<div class="note">有 {len(asked)} 个列标题不认得。选了它是哪一列，系统会记住，{escape(township.name)}以后这样写都能读。</div>')
    answers = {}
    for problem, choices in asked:
        options = [LEAVE, *choices]
        first = 1 if problem.field else 0
        chosen = st.selectbox(plain(f"{problem.sheet} {problem.cell} 的“{problem.found}”是"), options, index=first, key=f"header {problem.sheet} {problem.cell} {problem.found}")
        if chosen != LEAVE:
            answers[problem.found] = choices[chosen]
    if st.button("记住并重新读取", disabled=not answers):
        for header, (form, key) in answers.items():
            by = require("upload", township.code).account
            add_alias(home, LearnedAlias(form, key, header, township.code, by), by)
        st.rerun()


def _frame(catalog: Catalog, aliases: list[LearnedAlias]) -> pandas.DataFrame:
    rows = [
        {"乡镇": getattr(catalog.township(a.township_code), "name", "全县"), "列标题": a.header, "读作": catalog.form(a.form).column(a.key).header,
         "表": catalog.form(a.form).title, "记住时间": a.at[:16].replace("T", " ")}
        for a in aliases
    ]  # fmt: skip
    return pandas.DataFrame(rows)


def show_aliases(home: Home, catalog: Catalog, township_code: str | None = None) -> None:
    """What was remembered (for one township, where it is named), with a way to forget one and to take the list along."""
    aliases = [a for a in list_aliases(home) if township_code in (None, a.township_code) and (catalog.whole is None or catalog.township(a.township_code))]
    if not aliases:
        return
    show_section("记住的列标题", "各乡镇自己的叫法；忘掉以后再遇到会重新询问")
    frame = _frame(catalog, aliases)
    show_table(list(frame.columns), [[escape(str(v)) for v in row] for row in frame.itertuples(index=False)], text=(0, 1, 2, 3, 4))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        names = {f"{row.乡镇}：{row.列标题}": alias for row, alias in zip(frame.itertuples(), aliases, strict=True)}
        chosen = st.selectbox("忘掉一个", list(names), index=None, placeholder="请选择")
        if st.button("忘掉", disabled=chosen is None):
            remove_alias(home, names[chosen], require("upload", names[chosen].township_code or None).account)
            st.rerun()
        target = io.StringIO()
        frame.to_csv(target, index=False)
        st.download_button("下载清单", target.getvalue().encode("utf-8-sig"), "记住的列标题.csv", mime="text/csv")
