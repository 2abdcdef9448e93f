"""工作总结: the draft that the data bears out, to read and to fetch as Word; the check of a draft that somebody wrote;
and the statistical year for the national return."""

from __future__ import annotations

import streamlit as st

from dashboard.access import visitor
from dashboard.asof import KEY as RELEASE
from dashboard.asof import pinned
from dashboard.cached import find_catalog, find_reader
from dashboard.components.draft import show_draft
from dashboard.components.national import show_national
from dashboard.components.page import open_page, show_finding, show_section, show_sources
from dashboard.components.proof import check_own_draft
from dashboard.selection import Selection
from pipelines.catalog.period import format_period
from pipelines.home import find_home
from pipelines.reports.summary.draft import make_draft
from pipelines.reports.summary.wording.model import Draft


def _finding(draft: Draft) -> str:
    blanks = f"，{draft.blanks} 处没有数据，标黄待补充" if draft.blanks else ""
    return f"《{draft.title}》初稿已经写好：{len(draft.annex)} 个数字都有出处{blanks}"


def _link(selection: Selection) -> None:
    release = f"?{RELEASE}={pinned()}" if pinned() else ""
    address = f"/files/summary/{selection.place_code}/{format_period(selection.period)}/{selection.reading}.docx{release}"
    small = "" if visitor().may("see_personal") else "；文件里不写 1 人、2 人的数"
    st.html(f'<div class="lead"><a class="plain" href="{address}" download>下载初稿（Word）</a>　按公文格式排版，每个数字右上角的编号对应文后附表{small}。</div>')


def show() -> None:
    """The draft of the chosen place and span, then the check of another one."""
    selection = open_page("工作总结")
    if selection is None:
        return
    draft = make_draft(find_reader(), find_home(), find_catalog(), selection.place_code, format_period(selection.period), selection.reading)
    show_finding(_finding(draft))
    _link(selection)
    writing, checking, yearly = st.tabs(["初稿", "核对文稿", "统计年报"])
    with writing:
        show_section("初稿预览", "指向数字可以看到出处；没有数据的不写，该有而没有的写作 ××")
        show_draft(draft)
    with checking:
        check_own_draft(selection)
    with yearly:
        show_national(selection)
    show_sources(selection, "全部表")
