"""The button that gives a clerk his own file back with every problem marked."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import streamlit as st

from dashboard.cached import slow_work
from pipelines.faults import Problem, UserError
from pipelines.intake.reply.marked import mark_file
from pipelines.intake.report import FileReport


@st.cache_data(max_entries=8, ttl=1800, show_spinner=False)
def _marked(digest: str, release: str, problems: str, _content: bytes, _problems: list[Problem]) -> bytes:
    """The marked copy, made once; a failure is raised so that it is not kept."""
    copy = mark_file(_content, _problems)
    if isinstance(copy, Problem):
        raise UserError(copy.message, copy.remedy)
    return copy


def offer_marked(report: FileReport, content: bytes, release: str) -> None:
    """下载标注好的表格, where there are problems and the file could be opened at all."""
    if not report.problems:
        return
    said = sha256(repr(report.problems).encode("utf-8", "replace")).hexdigest()  # the chosen township and month change what is wrong
    try:
        with st.spinner("正在把问题标注到您的表格里……"), slow_work():
            copy = _marked(sha256(content).hexdigest(), release, said, content, report.problems)
    except UserError as fault:
        st.caption(f"{fault.message}{fault.remedy}")
        return
    st.download_button("下载标注好的表格", copy, f"{Path(report.file).stem}-核对.xlsx", on_click="ignore")
    st.caption("就是您的原表：有问题的格子涂了颜色，鼠标停上去有改法；最前面的“错误清单”列出全部问题。直接在上面改好存盘，就可以再上报。")
