"""What is wrong with a dropped file, cell by cell, and the sentence to pass on."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard.cached import find_catalog
from dashboard.components.light import light_html
from pipelines.catalog.period import name_period
from pipelines.faults import Problem
from pipelines.intake.report import FileReport

SHOWN = 200


def _html(problem: Problem) -> str:
    light = light_html("red" if problem.severity == "error" else "amber", problem.word)
    place = escape(problem.sheet or "整个文件") + (f" <code>{escape(problem.cell)}</code>" if problem.cell else "")
    words = f"{escape(problem.message)}<br><b>{escape(problem.remedy)}</b>"
    return f'<div class="problem {problem.severity}"><div>{light}<br>{place}</div><div>{words}</div></div>'


def show_problems(problems: list[Problem]) -> None:
    """The problems, those that must be mended first."""
    ordered = sorted(problems, key=lambda p: p.severity != "error")
    if ordered:
        st.html("".join(map(_html, ordered[:SHOWN])))
    if len(ordered) > SHOWN:
        st.caption(f"只列出前 {SHOWN} 处，共 {len(ordered)} 处；下载标注好的表格可以看到全部。")


def name_report(report: FileReport) -> str:
    """`龙坝镇2026年3月`, as far as it is known."""
    township = find_catalog().township(report.township_code) if report.township_code else None
    return (township.name if township else "") + (name_period(report.period) if report.period else "")


def sentence(report: FileReport, errors: list[Problem]) -> str:
    """What to paste into the group chat."""
    places = "；".join(f"“{p.sheet or '整个文件'}”{p.cell or ''}：{p.message.rstrip('。')}" for p in errors[:5])
    return f"{name_report(report)}工会月报有 {len(errors)} 处要改，改好后请重新上传：{places}。谢谢！"
