"""月度通报: what goes to the townships and the leaders this month, to read, to fetch as a workbook, and to print."""

from __future__ import annotations

from html import escape
from urllib.parse import urlencode

import streamlit as st

from dashboard.asof import KEY as RELEASE
from dashboard.asof import pinned
from dashboard.cached import find_catalog, find_reader
from dashboard.components.light import light_html
from dashboard.components.page import open_page, show_finding, show_section, show_sources
from dashboard.components.table import show_table
from dashboard.level_words import say
from dashboard.place import place_words
from pipelines.catalog.period import format_period, name_period
from pipelines.reports.bulletin.facts import Bulletin, read_bulletin
from pipelines.reports.bulletin.wording import amount, tell_head, tell_part, tell_returns


def _links(bulletin: Bulletin) -> str:
    told = ({RELEASE: pinned()} if pinned() else {}) | place_words()
    month, release = format_period(bulletin.period), f"?{urlencode(told)}" if told else ""
    links = (f'<a class="plain" href="/bulletin/{month}.xlsx{release}" download>下载表格（含图表）</a>', f'<a class="plain" href="/bulletin/{month}.html{release}" target="_blank">打开可打印的通报（两页 A4）</a>')
    return f'<div class="lead">{"　　".join(links)}</div>'


def _targets(bulletin: Bulletin) -> None:
    rows = []
    for line in bulletin.targets:
        value, at_least = line.aimed
        now = amount(value, line.unit, at_least)
        pace = amount(line.pace, line.unit) if line.pace is not None else "—"
        rows.append([escape(line.name), now, amount(line.target, line.unit), pace, light_html(line.light)])
    show_section(tell_head(bulletin).rstrip("。"), "目标按年设定；没有完成全年的，按月份应达的数看")
    show_table(["指标", "现在", "目标", "按进度应达", "达标情况"], rows)


def show() -> None:
    """Sentences, the two documents, and the targets."""
    selection = open_page("月度通报", township=False, readings=False)
    if selection is None:
        return
    bulletin = read_bulletin(find_reader(), find_catalog(), selection.period)
    show_finding(f"{name_period(bulletin.period)}通报已经写好：{tell_returns(bulletin).rstrip('。').split('；')[0]}")
    st.html(_links(bulletin))
    show_section("通报正文", "由数据写成，没有数据的不写")
    st.html('<ul class="attention">' + "".join(f"<li><span>{escape(say(tell_part(p)))}</span></li>" for p in bulletin.parts) + "</ul>")
    _targets(bulletin)
    show_sources(selection, "全部表")
