"""Pieces of a draft as runs of WordprocessingML: a small linked number behind each figure, yellow behind each blank."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape

from pipelines.reports.summary.wording.model import Figure, Piece

REFERENCE = "AnnexReference"  # the character style of the linked numbers; hidden in the template, they vanish everywhere
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class Runs:
    """Markup that a template puts in with `{{r name }}`."""

    def __init__(self, markup: str) -> None:
        self.markup = markup

    def __html__(self) -> str:
        """As it is: it is escaped already."""
        return self.markup

    __str__ = __html__


def clean(text: str) -> str:
    """The text without signs that no XML may hold."""
    return _UNPRINTABLE.sub("", text)


def _run(text: str, properties: str = "") -> str:
    told = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{told}<w:t xml:space="preserve">{escape(clean(text))}</w:t></w:r>'


def _reference(number: int) -> str:
    return f'<w:hyperlink w:anchor="annex{number}" w:history="1">{_run(f"[{number}]", f"<w:rStyle w:val={chr(34)}{REFERENCE}{chr(34)}/>")}</w:hyperlink>'


def draw_paragraph(pieces: tuple[Piece, ...], numbers: dict[str, int]) -> Runs:
    """The paragraph's runs; a figure that follows another of the same row does not repeat its number."""
    markup, last = [], 0
    for piece in pieces:
        if isinstance(piece, str):
            markup.append(_run(piece))
        elif piece.fact is None:
            markup.append(_run(piece.text, '<w:highlight w:val="yellow"/>'))
        else:
            number = numbers[piece.fact.code]
            markup.append(_run(piece.text) + (_reference(number) if number != last else ""))
            last = number
    return Runs("".join(markup))


def draw_blank(text: str) -> Runs:
    """Words in which every blank stands on yellow."""
    parts = re.split("(×+)", text)
    return draw_paragraph(tuple(Figure(p) if p.startswith("×") else p for p in parts if p), {})


def draw_number(number: int) -> Runs:
    """The annex row's number with the bookmark that references lead to."""
    return Runs(f'<w:bookmarkStart w:id="{9000 + number}" w:name="annex{number}"/>{_run(str(number))}<w:bookmarkEnd w:id="{9000 + number}"/>')
