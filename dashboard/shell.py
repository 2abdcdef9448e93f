"""The frame around every page: navigation, style, and the one place that catches what a page could not do."""

from __future__ import annotations

import logging
import time
from dataclasses import replace
from pathlib import Path

import streamlit as st

from dashboard.access import SignedOut, session_key, tab_key, visitor
from dashboard.ahead import noting, order_ahead
from dashboard.asof import pin, pinned
from dashboard.cached import PAGE, find_reader, find_whole
from dashboard.components import navigate, printed
from dashboard.components.account import show_account
from dashboard.components.as_of import choose_release, show_banner
from dashboard.components.places import choose_place, show_places
from dashboard.components.plain import plain
from dashboard.components.printed import show_printed, show_ways_out
from dashboard.components.translate import SCRIPT
from dashboard.disk import disk_warning
from dashboard.logs import tell
from dashboard.place import seen_place
from dashboard.selection import arrive, list_periods, settle
from dashboard.stopping import running
from dashboard.viewpoint import Viewpoint
from dashboard.views import (
    bulletin,
    competition,
    coverage,
    explore,
    issues,
    overview,
    relief,
    returns,
    rights,
    safety,
    services,
    standards,
    summary,
    system,
    targets,
    township,
    trace,
    upload,
)
from pipelines.access.model import Person
from pipelines.durable import find_disk_fault
from pipelines.faults import UserError
from pipelines.home import find_home
from pipelines.warehouse.scope import home_place

STYLE = Path(__file__).parent / "components" / "style.css"
ICON = Path(__file__).parent / "components" / "icon.png"
PAGES = {
    "": [("overview", "总览", overview.show)],
    "业务": [
        ("coverage", "组织与会员", coverage.show),
        ("relief", "帮扶救助", relief.show),
        ("competition", "劳动竞赛", competition.show),
        ("safety", "安全生产", safety.show),
        ("rights", "维权与民主", rights.show),
        ("services", "活动与服务", services.show),
    ],
    "评价": [("standards", "五好八有", standards.show), ("township", "乡镇画像", township.show), ("targets", "目标管理", targets.show)],
    "公文": [("summary", "工作总结", summary.show), ("bulletin", "月度通报", bulletin.show), ("issues", "问题与计划", issues.show)],
    "数据": [
        ("upload", "数据上报", upload.show),
        ("returns", "报送与审核", returns.show),
        ("explore", "明细导出", explore.show),
    ],
    "管理": [("system", "系统", system.show)],
}
LIVE = {"upload", "returns", "targets", "system"}  # where people act: always on the newest data
NEEDED = {"bulletin": "oversee", "upload": "upload", "returns": "oversee", "targets": "oversee", "explore": "export", "system": "manage"}  # the right that a page asks for; `view` unless it stands here
HIDDEN = [("trace", "数据出处", trace.show)]  # opened by links alone; for everybody who may see figures


def pages_of(person: Person) -> dict[str, list[tuple]]:
    """The pages that the person may open, by group."""
    allowed = {group: [page for page in pages if person.may(NEEDED.get(page[0], "view"))] for group, pages in PAGES.items()}
    return {group: pages for group, pages in allowed.items() if pages}


def _pages(person: Person) -> dict[str, list]:
    pages = {
        group: [st.Page(show, title=title, url_path=path, default=path == "overview") for path, title, show in pages]
        for group, pages in pages_of(person).items()
    }
    linked = [st.Page(show, title=title, url_path=path, visibility="hidden") for path, title, show in HIDDEN if person.may("view")]
    return pages | {next(iter(pages)): [*next(iter(pages.values())), *linked]}


def _forget_another_persons_choices() -> None:
    """A tab that outlived a sign-out and is connected again under another session begins anew."""
    if st.session_state.get("session_key", session_key()) != session_key():
        st.session_state.clear()
    st.session_state["session_key"] = session_key()


def show() -> None:
    """One run of one page, for somebody who is still signed in."""
    st.set_page_config(page_title="工会工作指标看板", page_icon=str(ICON), layout="wide", initial_sidebar_state=208)
    st.html(STYLE)
    st.html(SCRIPT + navigate.SCRIPT + printed.SCRIPT, unsafe_allow_javascript=True)
    try:
        person = visitor(fresh=True)
        whole = find_whole()
        board = whole.places.places[home_place(whole, person)].name
    except SignedOut as fault:
        st.session_state.clear()
        st.html(f'<p class="finding">{fault.message}</p><p class="lead"><a href="/login" target="_self">{fault.remedy}</a></p>')
        return
    except UserError as fault:
        st.error(plain(f"{fault.message}{fault.remedy}"))
        return
    _forget_another_persons_choices()
    st.sidebar.html(f'<div class="brand">{board}工会看板</div>')
    page = st.navigation(_pages(replace(person, looking=False)), expanded=True)
    arrive(page.url_path)
    refused = choose_place(person)
    release = choose_release()
    show_account(person)
    show_ways_out()
    started = time.perf_counter()
    with running(), PAGE:
        _run(page, release, refused)
    settle()
    tell("page", page=page.url_path or "overview", ms=round((time.perf_counter() - started) * 1000), role=person.role, township=person.township_code)


def _run(page: st.Page, release: str | None, refused: UserError | None) -> None:
    live = page.url_path in LIVE
    pin(None if live else release)
    try:
        show_places(visitor(), page.url_path)
        if refused:
            raise refused
        if release:
            show_banner(release, live)
        if damaged := find_reader().damaged:
            st.error(f"最新的发布版本 {damaged} 文件已损坏，现在显示的是版本 {find_reader().release} 的数据。请维护人员运行 rebuild，由原始文件重建。")
        if warning := disk_warning(find_home()):
            st.warning(warning)
        head = st.empty()
        with noting() as notes:
            page.run()
        show_printed(head, page.title)
        if notes:
            order_ahead(tab_key(), Viewpoint(visitor(), seen_place(), pinned()), notes, list_periods())
    except UserError as fault:
        st.warning(plain(f"{fault.message}{fault.remedy}"))
    except Exception as fault:
        if told := find_disk_fault(fault):
            tell("disk", logging.ERROR, fault=told.message, folder=told.folder)
            st.warning(plain(f"{told.message}{told.remedy}"))
            return
        logging.getLogger("union_board").exception("page", extra={"told": {"page": page.url_path}})
        st.error("这个页面出了问题，数据没有受影响。请刷新重试；如果还是这样，请把页面名称和时间告诉维护人员。")
