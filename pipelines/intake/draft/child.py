"""Reads a draft's paragraphs and puts comments into it; runs only inside the guarded child."""

from __future__ import annotations

import copy
import io
import json
import sys
from collections.abc import Iterator

from pipelines.intake.read.container import list_parts, open_container, read_part
from pipelines.intake.read.refusal import BROKEN, EMPTY, PASSWORD, TOO_LARGE, Refused
from pipelines.intake.read.text import decode

MOST_SIGNS = 400_000
MOST_COMMENTS = 2_000
AUTHOR = "工会看板核对"
_OLDER = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
NOT_A_DRAFT = ("not_a_draft", "这不是 Word 文档（.docx）或文本文件，不能核对。", "请用 WPS 或 Word 另存为“Word 文档（.docx）”，或把文字粘贴进来。")
OLD_WORD = ("old_word", "这是旧格式的 Word 文档（.doc、.wps），不能核对。", "请用 WPS 或 Word 打开，另存为“Word 文档（.docx）”后再核对。")


def _open(content: bytes):
    """The document, after every part of it was looked at for size and definitions of its own."""
    container = open_container(content)
    parts = list_parts(container)
    if "encrypted-package" in parts:
        raise Refused(*PASSWORD)
    if "word/document.xml" not in parts:
        raise Refused(*NOT_A_DRAFT)
    size = 0
    for path, name in parts.items():
        if path.endswith((".xml", ".rels")):
            size += len(read_part(container, name))
            if size > 60 * 1024 * 1024:
                raise Refused(*TOO_LARGE)
    sys.modules.setdefault("numpy", None)
    from docx import Document

    try:
        return Document(io.BytesIO(content))
    except Exception:  # python-docx raises anything at a package that it does not know
        raise Refused(*BROKEN) from None


def _paragraphs(document) -> list:
    """Every paragraph's element in the order of reading, those of tables and frames among them; a frame's second wording for older programs is none."""
    from docx.oxml.ns import qn

    return [p for p in document.element.body.iter(qn("w:p")) if next(p.iterancestors(_OLDER), None) is None]


def _runs(paragraph) -> Iterator[tuple]:
    """(run element, its text) of one paragraph; those of a frame inside it belong to the frame's own paragraphs, and what was struck out or moved away to none."""
    from docx.oxml.ns import qn

    for run in paragraph.iter(qn("w:r")):
        if next(run.iterancestors(qn("w:p"))) is paragraph and next(run.iterancestors(qn("w:del"), qn("w:moveFrom")), None) is None:
            yield run, "".join(_sign(child) for child in run)


def _sign(child) -> str:
    from docx.oxml.ns import qn

    if child.tag == qn("w:t"):
        return child.text or ""
    return "\t" if child.tag == qn("w:tab") else "\n" if child.tag in (qn("w:br"), qn("w:cr")) else ""


def _text(content: bytes) -> list[str]:
    return decode(content).replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _is_word(content: bytes) -> bool:
    if not content.strip():
        raise Refused(*EMPTY)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise Refused(*(PASSWORD if "EncryptedPackage".encode("utf-16-le") in content else OLD_WORD))
    if content.startswith((b"%PDF", b"{\\rtf", b"\x89PNG", b"\xff\xd8\xff", b"Rar!", b"7z")) or (b"\0" in content[:4000] and not content.startswith((b"PK", b"\xff\xfe", b"\xfe\xff"))):
        raise Refused(*NOT_A_DRAFT)
    return content.startswith(b"PK")


def read_paragraphs(content: bytes) -> list[str]:
    """The text of each paragraph. Refused for what is no draft, or longer than one can be."""
    found = ["".join(text for _, text in _runs(p)) for p in _paragraphs(_open(content))] if _is_word(content) else _text(content)
    if sum(map(len, found)) > MOST_SIGNS:
        raise Refused("too_long", "文字太长，超出了一份总结应有的篇幅。", "请只核对正文，一次不超过四十万字。")
    return found


def _cut(paragraph, place: int) -> None:
    """Parts the run that holds a place of the paragraph's text, so that a run begins there."""
    from docx.oxml.ns import qn

    start = 0
    for run, text in list(_runs(paragraph)):
        if start < place < start + len(text):
            texts = [c for c in run if c.tag not in (qn("w:rPr"),)]
            if len(texts) != 1 or texts[0].tag != qn("w:t"):
                return
            other = copy.deepcopy(run)
            texts[0].text, other.find(qn("w:t")).text = text[: place - start], text[place - start :]
            for part in (texts[0], other.find(qn("w:t"))):
                part.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
            run.addnext(other)
            return
        start += len(text)


def _comment(document, paragraph, start: int, end: int, text: str) -> None:
    from docx.text.paragraph import Paragraph
    from docx.text.run import Run

    _cut(paragraph, start)
    _cut(paragraph, end)
    place, inside = 0, []
    for run, said in _runs(paragraph):
        if said and place + len(said) > start and place < end:
            inside.append(run)
        place += len(said)
    if inside:
        owner = Paragraph(paragraph, document._body)
        document.add_comment([Run(inside[0], owner), Run(inside[-1], owner)], text=text, author=AUTHOR, initials="核")


def _draw(paragraphs: list[str]):
    """A plain document of the paragraphs, where a text was handed in."""
    from docx import Document

    document = Document()
    for text in paragraphs:
        document.add_paragraph("".join(c for c in text if c >= " " or c == "\t"))
    return document


def mark_paragraphs(content: bytes, comments: list[dict]) -> bytes:
    """The draft as .docx with a comment at each spot (paragraph, start, end, text)."""
    document = _open(content) if _is_word(content) else _draw(_text(content))
    paragraphs = _paragraphs(document)
    for comment in sorted(comments[:MOST_COMMENTS], key=lambda c: (c["paragraph"], -c["start"])):
        _comment(document, paragraphs[comment["paragraph"]], comment["start"], comment["end"], comment["text"])
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def work(request: dict, content: bytes) -> bytes:
    """The paragraphs as JSON, or the marked .docx; the JSON of the fault that stands against it."""
    try:
        if "comments" in request:
            return mark_paragraphs(content, request["comments"])
        return json.dumps({"paragraphs": read_paragraphs(content)}).encode()
    except Refused as fault:
        return json.dumps({"fault": fault.args}).encode()
    except Exception:
        return json.dumps({"fault": BROKEN}).encode()
