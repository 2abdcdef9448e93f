"""A draft on the page: its paragraphs, each figure telling its source, blanks marked."""

from __future__ import annotations

from html import escape

import pandas
import streamlit as st

from dashboard.components.table import show_twin
from pipelines.reports.summary.wording.headings import number_headings
from pipelines.reports.summary.wording.model import AnnexRow, Draft, Piece

COLUMNS = {"number": "序号", "name": "指标", "period": "时段", "value": "数值", "earlier": "上年同期", "numerator": "分子", "denominator": "分母", "definition": "计算方法", "sources": "来源报送（回执号）"}


def _told(row: AnnexRow) -> str:
    parts = f"；分子 {row.numerator}，分母 {row.denominator}" if row.denominator != "—" else ""
    return f"{row.number}　{row.name}，{row.period}：{row.value}{parts}；{row.definition}；{row.sources}"


def _piece(piece: Piece, draft: Draft) -> str:
    if isinstance(piece, str):
        return escape(piece)
    if piece.fact is None:
        return f"<mark>{escape(piece.text)}</mark>"
    if piece.text.startswith("，"):  # a comparison: its row is the figure's before it
        return escape(piece.text)
    row = draft.annex[draft.numbers[piece.fact.code] - 1]
    return f'<span class="stated" title="{escape(_told(row))}">{escape(piece.text)}<sup>{row.number}</sup></span>'


def _paragraph(pieces: tuple[Piece, ...], draft: Draft) -> str:
    return f"<p>{''.join(_piece(p, draft) for p in pieces)}</p>"


def show_draft(draft: Draft) -> None:
    """The title, the body, and the annex folded away."""
    body = [f'<div class="title">{escape(draft.title)}</div>', *(_paragraph(p, draft) for p in draft.opening)]
    for section, heading in zip(draft.sections, number_headings(draft.sections), strict=True):
        body.append(f"<h{section.level + 1}>{escape(heading)}</h{section.level + 1}>")
        body += [_paragraph(p, draft) for p in section.paragraphs]
    st.html(f'<div class="draft">{"".join(body)}</div>')
    rows = annex_rows(draft)
    show_twin(rows, COLUMNS, f"数据附表，{len(rows)} 个数字的出处")


def annex_rows(draft: Draft) -> pandas.DataFrame:
    """The annex as a frame, one row per stated figure."""
    return pandas.DataFrame([{key: getattr(row, key) for key in COLUMNS} for row in draft.annex], columns=list(COLUMNS))
