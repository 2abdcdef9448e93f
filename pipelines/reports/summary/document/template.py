"""Draws the template `data/wording/工作总结模板.docx` after GB/T 9704; run as `python -m pipelines.reports.summary.document.template`, its result is tracked.

A county puts its own beside it in the home's `wording/`: any Word document with the same names in braces.
"""

from __future__ import annotations

from pathlib import Path

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

from pipelines.home import CODE_WORDING
from pipelines.reports.summary.document.runs import REFERENCE
from pipelines.reports.summary.document.write import TEMPLATE

TITLE, BODY, LEAD, HEAD = "方正小标宋简体", "仿宋_GB2312", "楷体_GB2312", "黑体"
FALLBACKS = {TITLE: "方正小标宋_GBK,华文中宋,宋体,Noto Serif CJK SC", BODY: "仿宋,FangSong,华文仿宋,Noto Serif CJK SC", LEAD: "楷体,KaiTi,华文楷体,Noto Serif CJK SC", HEAD: "SimHei,微软雅黑,Noto Sans CJK SC"}
ER_HAO, SAN_HAO, SI_HAO, SMALL = Pt(22), Pt(16), Pt(14), Pt(9)
LINE = Pt(29)  # 22 lines on a page
COLUMNS = (("序号", "{{r row.number }}", 11), ("指标", "{{ row.name }}", 36), ("时段", "{{ row.period }}", 21), ("数值", "{{ row.value }}", 25), ("上年同期", "{{ row.earlier }}", 26),
           ("分子", "{{ row.numerator }}", 20), ("分母", "{{ row.denominator }}", 20), ("计算方法", "{{ row.definition }}", 48), ("来源报送（回执号）", "{{ row.sources }}", 40))  # fmt: skip


def _font(style, name: str, size: Pt) -> None:
    style.font.name, style.font.size, style.font.bold, style.font.italic = "Times New Roman", size, False, False
    style.font.color.rgb = RGBColor(0, 0, 0)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    fonts.set(qn("w:eastAsia"), name)


def _spacing(style, indent: Pt | None = None, align=WD_ALIGN_PARAGRAPH.JUSTIFY) -> None:
    format = style.paragraph_format
    format.line_spacing_rule, format.line_spacing = WD_LINE_SPACING.EXACTLY, LINE
    format.space_before = format.space_after = Pt(0)
    format.first_line_indent, format.alignment = indent, align
    format.widow_control = False


def _styles(document) -> None:
    styles = document.styles
    for name, font, size, indent in (("Normal", BODY, SAN_HAO, Pt(32)), ("Heading 1", HEAD, SAN_HAO, Pt(32)), ("Heading 2", LEAD, SAN_HAO, Pt(32))):
        _font(styles[name], font, size)
        _spacing(styles[name], indent)
    _font(styles["Title"], TITLE, ER_HAO)
    _spacing(styles["Title"], Pt(0), WD_ALIGN_PARAGRAPH.CENTER)
    styles["Title"].paragraph_format.line_spacing = Pt(36)
    for border in styles["Title"].element.findall(f".//{qn('w:pBdr')}"):
        border.getparent().remove(border)
    table = styles.add_style("Annex", WD_STYLE_TYPE.PARAGRAPH)
    table.base_style = styles["Normal"]
    _font(table, BODY, SMALL)
    _spacing(table, Pt(0), WD_ALIGN_PARAGRAPH.LEFT)
    table.paragraph_format.line_spacing = Pt(12)
    reference = styles.add_style(REFERENCE, WD_STYLE_TYPE.CHARACTER)
    reference.font.superscript, reference.font.size, reference.font.color.rgb = True, Pt(12), RGBColor(0x44, 0x44, 0x44)


def _page(section, landscape: bool = False) -> None:
    """A4; the type area of 156 by 225 mm, turned for the annex."""
    section.page_width, section.page_height = (Mm(297), Mm(210)) if landscape else (Mm(210), Mm(297))
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    margins = (28, 26, 25, 25) if landscape else (37, 35, 28, 26)
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = (Mm(m) for m in margins)
    section.footer_distance = Mm(28 if not landscape else 18)


def _page_number(footer, align) -> None:
    footer.is_linked_to_previous = False
    paragraph = footer.paragraphs[0]
    paragraph.alignment = align
    paragraph.paragraph_format.first_line_indent = Pt(0)
    for kind, text in ((None, "— "), ("begin", ""), ("instr", "PAGE"), ("end", ""), (None, " —")):
        run = paragraph.add_run(text if kind is None else "")
        run.font.size = SI_HAO
        run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), "宋体")
        if kind == "instr":
            run._r.append(parse_xml(f'<w:instrText {nsdecls("w")} xml:space="preserve"> {text} </w:instrText>'))
        elif kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run._r.append(mark)


def _body(document) -> None:
    document.add_paragraph("{{ title }}", "Title")
    document.add_paragraph("")
    for text, style in (
        ("{%p for paragraph in opening %}", None), ("{{r paragraph }}", None), ("{%p endfor %}", None),
        ("{%p for section in sections %}", None),
        ("{%p if section.level == 1 %}", None), ("{{ section.heading }}", "Heading 1"), ("{%p else %}", None), ("{{ section.heading }}", "Heading 2"), ("{%p endif %}", None),
        ("{%p for paragraph in section.paragraphs %}", None), ("{{r paragraph }}", None), ("{%p endfor %}", None),
        ("{%p endfor %}", None), ("", None),
    ):  # fmt: skip
        document.add_paragraph(text, style)
    for text in ("{{ office }}", "{{r date }}"):
        signed = document.add_paragraph(text)
        signed.alignment, signed.paragraph_format.right_indent = WD_ALIGN_PARAGRAPH.RIGHT, Pt(64)


def _annex(document) -> None:
    _page(document.add_section(WD_SECTION.NEW_PAGE), landscape=True)
    document.add_paragraph("附件：数据附表", "Heading 1").paragraph_format.first_line_indent = Pt(0)
    table = document.add_table(rows=4, cols=len(COLUMNS), style="Table Grid")
    table.autofit = False
    for row, texts in enumerate((tuple(c[0] for c in COLUMNS), ("{%tr for row in annex %}",), tuple(c[1] for c in COLUMNS), ("{%tr endfor %}",))):
        for cell, text, column in zip(table.rows[row].cells, [*texts, *[""] * (len(COLUMNS) - len(texts))], COLUMNS, strict=True):
            cell.width = Mm(column[2])
            cell.paragraphs[0].style, cell.paragraphs[0].text = "Annex", text
            cell.paragraphs[0].runs[0].font.bold = row == 0 if cell.paragraphs[0].runs else None
    for grid, column in zip(table._tbl.tblGrid.findall(qn("w:gridCol")), COLUMNS, strict=True):
        grid.set(qn("w:w"), str(Mm(column[2]).twips))
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for row in table.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    for text in ("{%p for note in notes %}", "{{ note }}", "{%p endfor %}"):
        document.add_paragraph(text, "Annex")


def _font_table(document) -> None:
    """Names a stand-in for each font that a machine may not have."""
    part = next(p for p in document.part.package.iter_parts() if p.partname == "/word/fontTable.xml")
    fonts = "".join(f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/></w:font>' for name, other in FALLBACKS.items())
    part._blob = part.blob.decode("utf-8").replace("</w:fonts>", f"{fonts}</w:fonts>").encode("utf-8")


def write_template(path: Path = CODE_WORDING / TEMPLATE) -> Path:
    """Writes the template."""
    document = Document()
    _styles(document)
    _page(document.sections[0])
    document.settings.odd_and_even_pages_header_footer = True
    _page_number(document.sections[0].footer, WD_ALIGN_PARAGRAPH.RIGHT)
    _page_number(document.sections[0].even_page_footer, WD_ALIGN_PARAGRAPH.LEFT)
    _body(document)
    _annex(document)
    _font_table(document)
    document.save(path)
    return path


if __name__ == "__main__":
    print(write_template())
