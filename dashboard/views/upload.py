"""数据上报: where the month stands and what to do next; drop a file, see every problem by cell, submit it; every version so far."""

from __future__ import annotations

import hashlib
from datetime import date
from html import escape

import streamlit as st

from dashboard.access import require, visitor
from dashboard.cached import find_catalog, find_reader, is_demo, query, slow_work
from dashboard.components.headers import ask_headers, show_aliases
from dashboard.components.history import show_history
from dashboard.components.month import find_month, headline, month_to_report, show_month
from dashboard.components.page import show_finding
from dashboard.components.problems import sentence, show_problems
from dashboard.components.reading import show_columns
from dashboard.components.submitting import needs_correction, offer_nil, show_done, submit
from dashboard.components.table import show_table
from dashboard.components.told import show_told
from pipelines.catalog.period import format_period, name_period, shift_period
from pipelines.faults import Problem
from pipelines.home import find_home
from pipelines.intake.load import check_bytes
from pipelines.intake.read import ENDINGS
from pipelines.intake.report import FileReport
from pipelines.workflow.drafts import Draft, discard_draft, find_draft, list_drafts, read_draft, save_draft

FROM_FILE = "以文件为准"


def _step(number: int, title: str, note: str) -> None:
    st.html(f'<div class="step"><b>{number}</b>{escape(title)}</div><div class="note">{escape(note)}</div>')


def _choose() -> tuple[str | None, date | None]:
    own = visitor().township_code
    codes = {t.name: t.code for t in find_catalog().county.townships if own in (None, t.code)}
    now = month_to_report()
    newest = query("periods").period.iloc[0].date() if find_reader().release and len(query("periods")) else now
    months = {name_period(shift_period(max(now, newest), -n)): shift_period(max(now, newest), -n) for n in range(-1, 14)}
    with st.container(key="filters", horizontal=True):
        township = st.selectbox("乡镇", list(codes) if own else [FROM_FILE, *codes], key="upload_township")
        period = st.selectbox("月份", [FROM_FILE, *months], key="upload_period")
    return codes.get(township), months.get(period)


def _find_earlier(report: FileReport) -> list:
    """The uploads of the file's township and month, newest first."""
    if find_reader().release is None or not (report.township_code and report.period):
        return []
    return list(query("versions_of_month", township=report.township_code, period=report.period).itertuples())


def _is_in_force(report: FileReport, content: bytes) -> bool:
    """Whether the very file is what the month's figures come from."""
    sha256 = hashlib.sha256(content).hexdigest()
    return report.status == "valid" and any(e.sha256 == sha256 and e.forms_in_force for e in _find_earlier(report))


def _tell_other_month(report: FileReport, earlier: list, same: bool) -> None:
    """Says so where the file is of a month that was reported already, and not of the one that is due."""
    due = month_to_report()
    if not earlier or report.period == due:
        return
    at = earlier[0].received_at
    missing = find_month(report.township_code, due).state == "missing"
    told = f"这是{name_period(report.period)}的月报，{at.year}年{at.month}月{at.day}日已经报过" + ("" if same else "，再提交会替换")
    st.warning(told + (f"；{name_period(due)}还没有报。" if missing else "。"))


def _show_reading(report: FileReport, earlier: list, same: bool) -> None:
    """How the file was read; of one that is in force already, only that it is."""
    catalog = find_catalog()
    who = catalog.township(report.township_code).name if report.township_code else "没有读到乡镇"
    month = name_period(report.period) if report.period else "没有读到月份"
    _step(2, "系统这样读取您的表格", f"{report.file}：{who}，{month}。读错了请告诉县总工会，系统不会改动您的原表。")
    _tell_other_month(report, earlier, same)
    if same:
        return
    if report.forms:
        _show_forms(report, bool(earlier))
        show_columns(catalog, report)
    else:
        st.html('<div class="note">没有读到任何一张月报的表。</div>')
    ask_headers(find_home(), catalog, report)


def _list_missing(report: FileReport, reported: bool) -> list[list[str]]:
    """The forms that the file does not report: those whose table is there without a row of data, and those without a table."""
    empty = {f.key: p.sheet for p in report.problems if p.code == "empty_form" for f in find_catalog().forms if p.message.startswith(f"“{f.title}”")}
    rest = "未报，沿用以前报的" if reported else "未报"
    return [
        [escape(empty.get(f.key, "（没有找到）")), escape(f.title), "—", f"有表，没有数据行：按{rest}" if f.key in empty else rest]
        for f in find_catalog().forms
        if f.key not in report.forms
    ]


def _show_forms(report: FileReport, reported: bool) -> None:
    catalog = find_catalog()
    rows = [[escape(t.sheet), escape(catalog.form(form).title), t.range, "零报告" if not t.rows else str(t.rows)] for form, tables in report.forms.items() for t in tables]
    rows += _list_missing(report, reported)
    show_table(["您的工作表", "读作", "范围", "行数"], rows, text=(0, 1, 2))


def _tell_problems(report: FileReport) -> list[Problem]:
    errors = [p for p in report.problems if p.severity == "error"]
    doubts = len(report.problems) - len(errors)
    title = f"必须修改 {len(errors)} 处" if errors else "没有必须修改的地方"
    _step(3, title + (f"，请核对 {doubts} 处" if doubts else ""), "改完存盘，把文件再放到第 1 步即可。" if errors else "核对无误就可以提交。")
    show_problems(report.problems)
    return errors


def _drafts(account: str) -> None:
    """What was dropped before and not submitted."""
    waiting = list_drafts(find_home(), account)[:5]
    for draft in waiting:
        state = f"必须修改 {sum(p.severity == 'error' for p in draft.problems)} 处" if draft.status == "refused" else "可以提交"
        with st.container(horizontal=True, vertical_alignment="center"):
            st.html(f'<div class="note">草稿：{escape(draft.file)}，{draft.at.month}月{draft.at.day}日 {draft.at:%H:%M} 放入，{state}，还没有提交</div>')
            if st.button("继续", key=f"go on {draft.id}"):
                st.session_state["draft"] = draft.id
                st.rerun()
            if st.button("丢弃", key=f"discard {draft.id}"):
                discard_draft(find_home(), draft.id)
                st.rerun()


def _correction() -> str:
    return st.session_state.get("correction", "").strip()


def _examine(file: str, content: bytes, asked: tuple[str | None, date | None]) -> FileReport:
    code, period = asked
    with st.spinner("正在读取和检查……"), slow_work():
        return check_bytes(find_home(), find_catalog(), file, content, township_code=code, period=period,
                           correction=_correction(), by_county=visitor().may("review"))  # fmt: skip


def _dropped(account: str, asked: tuple[str | None, date | None]) -> tuple[Draft | None, bytes, FileReport] | None:
    """The file that was just dropped, kept as a draft unless it is in force already, or the draft that was chosen; and how it reads now."""
    uploaded = st.file_uploader("月报表格", type=[e[1:] for e in ENDINGS], key=f"file{st.session_state.get('round', 0)}", label_visibility="collapsed")
    if uploaded is None:
        if "draft" not in st.session_state:
            _drafts(account)
            return None
        draft = find_draft(find_home(), st.session_state["draft"], account)
        content = read_draft(find_home(), draft)
        return draft, content, _examine(draft.file, content, (draft.asked_township, draft.asked_period))
    content, drop = uploaded.getvalue(), (uploaded.file_id, asked)
    known, number = st.session_state.get("dropped", (None, ""))
    report = _examine(uploaded.name, content, asked)
    if _is_in_force(report, content):
        return None, content, report
    if known != drop:
        number = save_draft(find_home(), account, asked, content, report).id
        st.session_state["dropped"] = (drop, number)
    return find_draft(find_home(), number, account), content, report


def _offer_another(draft: Draft | None) -> None:
    """The very file that is in force: nothing is asked, and the next one may come."""
    st.info("这份文件已经入库，内容完全相同，不用再报。")
    if st.button("放入另一份"):
        if draft:
            discard_draft(find_home(), draft.id)
        st.session_state.pop("draft", None)
        st.session_state["round"] = st.session_state.get("round", 0) + 1
        st.rerun()


def _check(account: str, code: str | None, period: date | None) -> bool:
    """Steps 2 to 4 for what was dropped; whether there was anything."""
    found = _dropped(account, (code, period))
    if found is None:
        return False
    draft, content, report = found
    correction, earlier, same = _correction(), _find_earlier(report), _is_in_force(report, content)
    _show_reading(report, earlier, same)
    if same:
        _offer_another(draft)
        return True
    errors = _tell_problems(report)
    if report.problems and (report.forms or any(p.cell for p in report.problems)):  # there is a table to mark
        st.html(f'<a class="plain" href="/files/marked/{draft.id}.xlsx" download>下载标注好的表格</a>')
        st.caption("就是您的原表：有问题的格子涂了颜色，鼠标停上去有改法；最前面的“错误清单”列出全部问题。直接在上面改好存盘，就可以再上报。")
    if needs_correction(report.problems) or correction:
        _step(4, "请写明订正原因", "这个月已经审核通过；原来的数和改后的数都会保留，凡是用到的地方都注明“数据修订”。")
        st.text_input("订正原因", key="correction", max_chars=200)
    if errors:
        _step(5 if needs_correction(report.problems) else 4, "转告同事的一句话", "点右上角复制，贴到微信群。")
        st.code(sentence(report, errors), language=None, wrap_lines=True)
    else:
        _step(5 if correction else 4, "提交审核", "请说明原因的，写一句话即可，县总工会看得到。")
        submit(draft, content, report, correction)
    return True


def _headline(code: str | None, period: date | None) -> str:
    if code is not None:
        return headline(find_month(code, period or month_to_report()))
    if find_reader().release is None or not len(query("periods")):
        return "放入第一份月报，看板就能用了"
    newest = query("periods").period.iloc[0].date()
    returns = query("returns_of_month", period=newest)
    missing = returns[returns.status == "missing"].township.tolist()
    return f"{name_period(newest)}已报 {len(returns) - len(missing)} 个乡镇" + (f"，还差{'、'.join(missing)}" if missing else "，全部到齐")


def _offer_template(code: str | None, period: date) -> None:
    if code is None:
        st.caption("选好乡镇，就能下载预填好的模板。")
        return
    st.html(f'<a class="plain" href="/files/template/{code}/{format_period(period)}.xlsx" download>下载预填模板（{name_period(period)}）</a>')


def show() -> None:
    """Where the month stands, the steps of an upload, and what came before."""
    mark = '<span class="demo">演示数据</span>' if is_demo() else ""
    st.html(f'<div class="topline">数据上报{mark}</div>')
    person = require("upload")
    if "done" in st.session_state:
        show_done(*st.session_state["done"])
        return
    heading = st.container()
    code, period = _choose()
    with heading:
        show_finding(_headline(code, period))
        show_told("upload")
        if code is not None:
            show_month(find_month(code, period or month_to_report()))
    left, right = st.columns([3, 1], gap="large")
    with left:
        _step(1, "放入月报表格", "可以只交改过的表；列的顺序不限。文件里写明乡镇和月份的，不用选月份。")
    with right:
        _offer_template(code, period or month_to_report())
    if not _check(person.account, code, period) and code is not None:
        offer_nil(code, period or month_to_report())
    if code is not None and find_reader().release is not None:
        show_history(code)
    show_aliases(find_home(), find_catalog(), person.township_code)
