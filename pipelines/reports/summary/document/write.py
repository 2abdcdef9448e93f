"""The draft as a Word document, by way of a template that a county can edit in Word; the only room of the writer that knows Word."""

from __future__ import annotations

import io
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pipelines.faults import UserError
from pipelines.home import Home
from pipelines.reports.summary.document.runs import clean, draw_blank, draw_number, draw_paragraph
from pipelines.reports.summary.wording.data import find_wording_file
from pipelines.reports.summary.wording.headings import number_headings
from pipelines.reports.summary.wording.model import Draft

TEMPLATE = "工作总结模板.docx"
DATE = "××××年××月××日"


def make_context(draft: Draft) -> dict[str, Any]:
    """What a template may name: title, office, date, opening, sections (level, heading, paragraphs), annex (rows), notes."""
    sections = [
        {"level": s.level, "heading": clean(heading), "paragraphs": [draw_paragraph(p, draft.numbers) for p in s.paragraphs]}
        for s, heading in zip(draft.sections, number_headings(draft.sections), strict=True)
    ]
    rows = [{k: clean(str(v)) for k, v in asdict(row).items()} | {"number": draw_number(row.number)} for row in draft.annex]
    opening = [draw_paragraph(p, draft.numbers) for p in draft.opening]
    return {"title": draft.title, "office": draft.office, "date": draw_blank(DATE), "opening": opening, "sections": sections, "annex": rows, "notes": list(draft.notes)}


def _render(template: Path, context: dict[str, Any]) -> bytes:
    from docxtpl import DocxTemplate
    from jinja2.sandbox import SandboxedEnvironment

    document = DocxTemplate(template)
    document.render(context, jinja_env=SandboxedEnvironment(autoescape=True))
    document.docx.core_properties.title, document.docx.core_properties.author = context["title"], context["office"]
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def write_summary(draft: Draft, home: Home) -> bytes:
    """The .docx, from the home's own template where it has one; UserError where that cannot be used."""
    from zipfile import BadZipFile

    from docx.opc.exceptions import PackageNotFoundError
    from jinja2 import TemplateError

    template = find_wording_file(home, TEMPLATE)
    try:
        return _render(template, make_context(draft))
    except (TemplateError, PackageNotFoundError, BadZipFile, KeyError, ValueError) as error:
        raise UserError(f"总结模板 {template.name} 用不了：{error}。", "请在 Word 里改正花括号里的内容，或删除它以使用自带的模板。") from None
