"""The last step of an upload: reasons for what is doubtful, the reason of a correction, and the submission itself; and what came of it."""

from __future__ import annotations

from datetime import date

import streamlit as st

from dashboard.access import require
from dashboard.cached import find_catalog, find_reader, slow_work
from dashboard.components.plain import plain
from dashboard.components.problems import name_report
from dashboard.components.told import tell_and_redraw
from pipelines.catalog.period import name_period
from pipelines.faults import Problem
from pipelines.home import find_home
from pipelines.intake.load import load_bytes
from pipelines.intake.rebuild import roll_back
from pipelines.intake.report import FileReport
from pipelines.reports.nil import list_unreported, make_nil, nil_name
from pipelines.workflow.drafts import Draft, discard_draft

CLOSED = ("approved", "locked")


def needs_correction(problems: list[Problem]) -> bool:
    """Whether the only thing in the way is that the month was approved or locked."""
    errors = [p for p in problems if p.severity == "error"]
    return bool(errors) and all(p.code in CLOSED for p in errors)


def ask_reasons(problems: list[Problem]) -> dict[str, str]:
    """A written reason for each warning that asks for one; the submission waits until all are there."""
    return {p.key: st.text_input(f"{p.sheet or ''} {p.cell or ''}：{p.message}", key=f"why {p.key}", max_chars=200).strip() for p in problems}


def submit(draft: Draft, content: bytes, report: FileReport, correction: str) -> None:
    """The button 提交审核, once everything that is asked for is there."""
    warnings = [p for p in report.problems if p.severity != "error"]
    reasons = ask_reasons([w for w in warnings if w.explain])
    agreed = st.checkbox("我已核对上面的提示，情况属实；没有读入的列和内容确实不用上报。", key="agreed") if warnings else True
    if not st.button("提交审核", type="primary", disabled=not (agreed and all(reasons.values()))):
        return
    person = require("upload", report.township_code)
    before = find_reader().release
    with st.spinner("正在入库并发布……"), slow_work():
        done = load_bytes(find_home(), find_catalog(), draft.file, content, township_code=draft.asked_township, period=draft.asked_period,
                          by=person.account, explanations=reasons, correction=correction, by_county=person.may("review"))  # fmt: skip
        if done.status in ("loaded", "unchanged"):
            discard_draft(find_home(), draft.id)
    finish(done, before)


def finish(done: FileReport, before: str | None) -> None:
    """Remembers what came of it and draws the page anew."""
    st.session_state["done"] = (done, before, find_reader().release)
    st.session_state.pop("draft", None)
    st.rerun()


def show_done(report: FileReport, before: str | None, after: str | None) -> None:
    """The receipt, and the way back while nothing else came after."""
    if report.status == "unchanged":
        st.info("这份文件以前已经入库，内容完全相同，没有重复入库。")
    elif report.status == "loaded":
        st.success(f"{name_report(report)}月报已提交审核，回执号 {report.submission_id}；发布版本 {before or '无'} → {after}，看板已更新。")
        _offer_undo(report, before, after)
    else:
        st.error(plain("这份文件没有入库：" + "".join(f"{p.message}{p.remedy}" for p in report.problems if p.severity == "error")))
    if st.button("继续上报另一份"):
        del st.session_state["done"]
        st.session_state["round"] = st.session_state.get("round", 0) + 1
        st.rerun()


def _offer_undo(report: FileReport, before: str | None, after: str | None) -> None:
    if before and find_reader().release != after:
        st.caption("后来又有别的报送入库，这次入库不能单独撤销；要改数据，请上报改正后的表格。")
        return
    if not before:
        return
    sure = st.checkbox("我确定要撤销，看板恢复到提交以前的数据", key="undo sure")
    if st.button("撤销这次入库", disabled=not sure):
        by = require("upload", report.township_code).account
        with st.spinner("正在恢复……"), slow_work():
            roll_back(find_home(), before, by, only=report.submission_id)
        del st.session_state["done"]
        tell_and_redraw("upload", f"已撤销：{name_report(report)}回执号 {report.submission_id} 的报送不再生效，看板已恢复到提交以前的数据。")


def offer_nil(township_code: str, period: date) -> None:
    """零报告: what nothing happened in, said in one click and kept as a real workbook."""
    catalog = find_catalog()
    forms = list_unreported(find_reader(), catalog, township_code, period)
    if not forms:
        return
    township = catalog.township(township_code)
    with st.expander(f"{name_period(period)}没有发生，报“零报告”"):
        st.write(f"{township.name}{name_period(period)}还没有报的台账：{'、'.join(f.title for f in forms)}。确认这些都没有发生，才报零报告；以后有了再报，会替换零报告。")
        sure = st.checkbox("我确认这些台账本月都没有发生", key=f"nil sure {township_code} {period}")
        if st.button("报零报告", disabled=not sure):
            person = require("upload", township_code)
            before = find_reader().release
            with st.spinner("正在入库并发布……"), slow_work():
                content = make_nil(find_reader(), catalog, township, period)
                done = load_bytes(find_home(), catalog, nil_name(township, period), content, township_code=township_code, period=period, by=person.account)
            finish(done, before)
