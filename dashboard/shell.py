"""The frame around every page: navigation, style, and the one place that catches what a page could not do."""

from __future__ import annotations

import logging
from pathlib import Path

import streamlit as st

from dashboard.cached import PAGE, find_catalog, find_reader
from dashboard.components.translate import SCRIPT
from dashboard.views import competition, coverage, explore, overview, relief, safety, standards, upload
from pipelines.faults import UserError

STYLE = Path(__file__).parent / "components" / "style.css"
ICON = Path(__file__).parent / "components" / "icon.png"
PAGES = {
    "": [("overview", "总览", overview.show)],
    "业务": [
        ("coverage", "组织与会员", coverage.show),
        ("relief", "帮扶救助", relief.show),
        ("competition", "劳动竞赛", competition.show),
        ("safety", "安全生产", safety.show),
    ],
    "评价": [("standards", "五好八有", standards.show)],
    "数据": [("upload", "数据上报", upload.show), ("explore", "明细导出", explore.show)],
}


def _pages() -> dict[str, list]:
    return {
        group: [st.Page(show, title=title, url_path=path, default=path == "overview") for path, title, show in pages]
        for group, pages in PAGES.items()
    }


def show() -> None:
    """One run of one page."""
    st.set_page_config(page_title="工会工作指标看板", page_icon=str(ICON), layout="wide", initial_sidebar_state=208)
    st.html(STYLE)
    st.html(SCRIPT, unsafe_allow_javascript=True)
    st.sidebar.html(f'<div class="brand">{find_catalog().county.name}工会看板</div>')
    page = st.navigation(_pages(), expanded=True)
    with PAGE:
        try:
            if damaged := find_reader().damaged:
                st.error(f"最新的发布版本 {damaged} 文件已损坏，现在显示的是版本 {find_reader().release} 的数据。请维护人员运行 rebuild，由原始文件重建。")
            page.run()
        except UserError as fault:
            st.warning(f"{fault.message}{fault.remedy}")
        except Exception:
            logging.getLogger("union_board").exception("page %s", page.url_path)
            st.error("这个页面出了问题，数据没有受影响。请刷新重试；如果还是这样，请把页面名称和时间告诉维护人员。")
