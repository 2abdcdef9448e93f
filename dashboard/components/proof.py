"""Checking a draft of one's own: drop a file or paste words, see every figure, fetch the draft with comments."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard.cached import find_catalog, find_reader, slow_work
from dashboard.components.light import light_html
from dashboard.components.page import show_section
from dashboard.components.table import show_table, word
from dashboard.selection import Selection
from pipelines.catalog.period import format_period
from pipelines.home import find_home
from pipelines.reports.proof.draft import annotate_draft, check_draft, count_up
from pipelines.reports.proof.model import STATUSES, Finding

LIGHTS = {"differs": "red", "sum": "red", "placeholder": "amber", "untied": "none", "agrees": "green"}
ORDER = ("differs", "sum", "placeholder", "untied", "agrees")
MOST = 20_000  # signs that can be pasted


def _content() -> tuple[str, bytes] | None:
    """Name and bytes of what is to be checked."""
    left, right = st.columns(2, gap="large")
    with left:
        dropped = st.file_uploader("要核对的文稿", type=["docx", "txt"], key="proof_file")
    with right, st.form("proof_form", border=False):
        pasted = st.text_area("或把文字粘贴到这里", key="proof_text", max_chars=MOST, height=160)
        st.form_submit_button("核对粘贴的文字")
    if dropped is not None:
        return dropped.name, dropped.getvalue()
    return ("文稿.txt", pasted.encode()) if pasted.strip() else None


def _row(finding: Finding) -> list[str]:
    light = light_html(LIGHTS[finding.status], STATUSES[finding.status])
    return [light, str(finding.paragraph + 1), word(finding.text), word(finding.name), word(finding.expected), word(finding.note), _around(finding)]


def _around(finding: Finding) -> str:
    """The sentence, with the spot marked, as far as it can be found in it."""
    before, spot, after = finding.sentence.partition(finding.text)
    return f"{escape(before[-24:])}<b>{escape(spot)}</b>{escape(after[:16])}"


def _show_findings(findings: list[Finding]) -> None:
    wrong = sum(f.status in ("differs", "sum") for f in findings)
    show_section(f"有 {wrong} 处与数据不一致或算式不符" if wrong else "没有发现与数据不一致的数字", count_up(findings) + "；无法对应的请人工核对")
    ordered = sorted(findings, key=lambda f: (ORDER.index(f.status), f.paragraph, f.start))
    show_table(["结果", "段", "文中写的", "对应的指标", "数据", "说明", "上下文"], [_row(f) for f in ordered], text=(0, 2, 3, 4, 5, 6))


def check_own_draft(selection: Selection) -> None:
    """The whole of the second part of the page."""
    show_section(f"核对一份写好的文稿：{selection.place}，{selection.span}", "数字按句中的用语对应到指标，和所选乡镇、时段的数据比；“余”“万”、中文数字、百分比、同比和文中的合计都核对。文稿不会保存。")
    given = _content()
    if given is None:
        return
    name, content = given
    month, code = format_period(selection.period), selection.place_code
    with st.spinner("正在核对……"), slow_work():
        findings = check_draft(find_reader(), find_home(), find_catalog(), content, code, month, selection.reading)
        marked = annotate_draft(content, findings)
    if findings:
        _show_findings(findings)
    else:
        st.html('<p class="lead">文中没有找到数字。</p>')
    st.download_button("下载带批注的文稿（Word）", marked, file_name=f"{name.rpartition('.')[0] or name}-核对.docx", key="proof_marked")
