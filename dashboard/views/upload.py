"""数据上报: drop a file, see every problem by cell, put it in, see the release change."""

from __future__ import annotations

import tempfile
from datetime import date
from html import escape
from pathlib import Path

import streamlit as st

from dashboard.access import require, visitor
from dashboard.cached import find_catalog, find_reader, is_demo, query, slow_work
from dashboard.components.headers import ask_headers, show_aliases
from dashboard.components.light import light_html
from dashboard.components.marked import offer_marked
from dashboard.components.page import show_finding, show_section
from dashboard.components.reading import show_columns
from dashboard.components.table import show_table
from pipelines.catalog.period import name_period, shift_period
from pipelines.faults import Problem
from pipelines.home import find_home
from pipelines.intake.load import check_bytes, load_bytes
from pipelines.intake.read import ENDINGS
from pipelines.intake.rebuild import roll_back
from pipelines.intake.report import FileReport
from pipelines.reports.prefill import read_stock_rows
from pipelines.reports.template import write_template

STATES = {"on_time": ("green", "按时报送"), "late": ("amber", "迟报"), "missing": ("none", "未报")}
FROM_FILE = "以文件为准"


def _step(number: int, title: str, note: str) -> None:
    st.html(f'<div class="step"><b>{number}</b>{escape(title)}</div><div class="note">{escape(note)}</div>')


def _choose() -> tuple[str | None, date | None]:
    catalog = find_catalog()
    latest = query("periods").period.iloc[0].date() if find_reader().release and len(query("periods")) else date.today().replace(day=1)
    months = {name_period(shift_period(latest, -n)): shift_period(latest, -n) for n in range(-1, 14)}
    with st.container(key="filters", horizontal=True):
        own = visitor().township_code
        names = [t.name for t in catalog.county.townships if own in (None, t.code)]
        township = st.selectbox("乡镇", names if own else [FROM_FILE, *names], key="upload_township")
        period = st.selectbox("月份", [FROM_FILE, *months], key="upload_period")
    codes = {t.name: t.code for t in catalog.county.townships}
    return codes.get(township), months.get(period)


@st.cache_data(max_entries=8, show_spinner=False)
def _template(release: str, catalogue: str, code: str, period: date) -> bytes:
    catalog = find_catalog()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "template.xlsx"
        write_template(path, catalog, catalog.township(code), period, read_stock_rows(find_reader(), catalog, code, period))
        return path.read_bytes()


def _offer_template(code: str | None, period: date | None) -> None:
    if code is None or period is None:
        st.caption("选好乡镇和月份，就能下载预填好的模板。")
        return
    township = find_catalog().township(code)
    content = _template(find_reader().release or "", find_catalog().sha256, code, period)
    st.download_button("下载预填模板", content, f"{township.name}{name_period(period)}工会月报.xlsx")


def _show_reading(report: FileReport) -> None:
    catalog = find_catalog()
    who = catalog.township(report.township_code).name if report.township_code else "没有读到乡镇"
    month = name_period(report.period) if report.period else "没有读到月份"
    _step(2, "系统这样读取您的表格", f"{report.file}：{who}，{month}。读错了请告诉县总工会，系统不会改动您的原表。")
    rows = [[escape(t.sheet), escape(catalog.form(form).title), t.range, "零报告" if not t.rows else str(t.rows)] for form, tables in report.forms.items() for t in tables]
    missing = [f.title for f in catalog.forms if f.key not in report.forms]
    rows += [["（没有找到）", escape(title), "—", "未报，沿用以前报的"] for title in missing]
    show_table(["您的工作表", "读作", "范围", "行数"], rows, text=(0, 1, 2))
    show_columns(catalog, report)
    ask_headers(find_home(), catalog, report)


def _problem_html(problem: Problem) -> str:
    light, word = ("red", "必须修改") if problem.severity == "error" else ("amber", "请说明原因" if problem.explain else "请核对")
    place = escape(problem.sheet or "整个文件") + (f" <code>{escape(problem.cell)}</code>" if problem.cell else "")
    words = f"{escape(problem.message)}<br><b>{escape(problem.remedy)}</b>"
    return f'<div class="problem {problem.severity}"><div>{light_html(light, word)}<br>{place}</div><div>{words}</div></div>'


def _show_problems(report: FileReport) -> tuple[list[Problem], list[Problem]]:
    errors = [p for p in report.problems if p.severity == "error"]
    warnings = [p for p in report.problems if p.severity != "error"]
    title = f"必须修改 {len(errors)} 处" if errors else "没有必须修改的地方"
    _step(3, title + (f"，请核对 {len(warnings)} 处" if warnings else ""), "改完存盘，把文件再放到第 1 步即可。" if errors else "核对无误就可以入库。")
    if report.problems:
        st.html("".join(map(_problem_html, [*errors, *warnings][:200])))
    if len(report.problems) > 200:
        st.caption(f"只列出前 200 处，共 {len(report.problems)} 处。")
    return errors, warnings


def _sentence(report: FileReport, errors: list[Problem]) -> str:
    who = find_catalog().township(report.township_code).name if report.township_code else ""
    places = "；".join(f"“{p.sheet or '整个文件'}”{p.cell or ''}：{p.message}" for p in errors[:5])
    return f"{who}{name_period(report.period) if report.period else ''}工会月报有 {len(errors)} 处要改，改好后请重新上传：{places}谢谢！"


def _ask_reasons(problems: list[Problem]) -> dict[str, str]:
    """A written reason for each warning that asks for one; the upload waits until all are there."""
    if problems:
        _step(4, f"请说明 {len(problems)} 处的原因", "写一句话即可，随这次报送保存，县总工会看得到。数据不对的请改好再放入。")
    return {p.key: st.text_input(f"{p.sheet or ''} {p.cell or ''}：{p.message}", key=f"why {p.key}", max_chars=200).strip() for p in problems}


def _accept(name: str, content: bytes, code: str | None, period: date | None, warnings: list[Problem]) -> None:
    reasons = _ask_reasons([w for w in warnings if w.explain])
    agreed = st.checkbox("我已核对上面的提示，情况属实；没有读入的列和内容确实不用上报。", key="agreed") if warnings else True
    if not st.button("入库并发布", type="primary", disabled=not (agreed and all(reasons.values()))):
        return
    before = find_reader().release
    require("upload", code)
    with st.spinner("正在入库并发布……"), slow_work():
        report = load_bytes(find_home(), find_catalog(), name, content, township_code=code, period=period, by="数据上报页面", explanations=reasons)
    st.session_state["done"] = (report, before, find_reader().release)
    st.rerun()


def _show_done(report: FileReport, before: str | None, after: str | None) -> None:
    if report.status == "unchanged":
        st.info("这份文件以前已经入库，内容完全相同，没有重复入库。")
    elif report.status == "loaded":
        place = find_catalog().township(report.township_code).name
        st.success(f"{place}{name_period(report.period)}月报已入库，回执号 {report.submission_id}；发布版本 {before or '无'} → {after}，看板已更新。")
        if before and find_reader().release != after:
            st.caption("后来又有别的报送入库，这次入库不能单独撤销；要改数据，请上报改正后的表格。")
        elif before and st.button("撤销这次入库"):
            with st.spinner("正在恢复……"), slow_work():
                roll_back(find_home(), before)
            del st.session_state["done"]
            st.rerun()
    if st.button("继续上报另一份"):
        del st.session_state["done"]
        st.session_state["round"] = st.session_state.get("round", 0) + 1
        st.rerun()


def _history(code: str | None) -> None:
    if code is None or find_reader().release is None:
        return
    show_section("历次报送", "最近 12 份；沿用表数是现在仍在使用的表")
    rows = query("versions", township=code)
    table = [[r.submission_id, name_period(r.period), f"{r.received_at:%Y-%m-%d %H:%M}", escape(r.received_by), escape(r.source_file), str(r.forms_in_force)] for r in rows.itertuples()]
    show_table(["回执号", "月份", "收到时间", "经办", "文件", "沿用表数"], table, text=(0, 1, 3, 4))


def _check(code: str | None, period: date | None) -> None:
    uploaded = st.file_uploader("月报表格", type=[e[1:] for e in ENDINGS], key=f"file{st.session_state.get('round', 0)}", label_visibility="collapsed")
    if uploaded is None:
        return
    content = uploaded.getvalue()
    with st.spinner("正在读取和检查……"), slow_work():
        report = check_bytes(find_home(), find_catalog(), uploaded.name, content, township_code=code, period=period)
    _show_reading(report)
    errors, warnings = _show_problems(report)
    offer_marked(report, content, find_reader().release or "")
    if errors:
        _step(4, "转告同事的一句话", "点右上角复制，贴到微信群。")
        st.code(_sentence(report, errors), language=None, wrap_lines=True)
    else:
        _accept(uploaded.name, content, code, period, warnings)


def _headline() -> str:
    if find_reader().release is None or not len(query("periods")):
        return "放入第一份月报，看板就能用了"
    period = query("periods").period.iloc[0].date()
    returns = query("returns_of_month", period=period)
    missing = returns[returns.status == "missing"].township.tolist()
    done = len(returns) - len(missing)
    return f"{name_period(period)}已报 {done} 个乡镇" + (f"，还差{'、'.join(missing)}" if missing else "，全部到齐")


def show() -> None:
    """The four steps of an upload, and what came before."""
    require("upload")
    mark = '<span class="demo">演示数据</span>' if is_demo() else ""
    st.html(f'<div class="topline">数据上报{mark}</div>')
    show_finding(_headline())
    if "done" in st.session_state:
        _show_done(*st.session_state["done"])
        return
    left, right = st.columns([3, 1], gap="large")
    with left:
        _step(1, "放入月报表格", "可以只交改过的表；列的顺序不限。文件里写明乡镇和月份的，不用选。")
    code, period = _choose()
    with right:
        _offer_template(code, period)
    _check(code, period)
    _history(code)
    show_aliases(find_home(), find_catalog())
