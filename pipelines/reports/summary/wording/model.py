"""A draft in words: paragraphs of text and figures, each figure tied to the fact that it states."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipelines.reports.summary.facts.model import Fact


@dataclass(frozen=True, slots=True)
class Figure:
    """A stretch of text that states a fact; without a fact it is a blank for somebody to fill in (`××`)."""

    text: str
    fact: Fact | None = None


Piece = str | Figure


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of level 1 or 2 and its paragraphs."""

    title: str
    level: int
    paragraphs: tuple[tuple[Piece, ...], ...]


@dataclass(frozen=True, slots=True)
class AnnexRow:
    """What a reference in the text points at."""

    number: int
    name: str
    period: str
    value: str
    earlier: str  # the same span a year ago
    numerator: str
    denominator: str
    definition: str
    sources: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A whole summary, ready for any kind of document."""

    title: str
    office: str
    opening: tuple[tuple[Piece, ...], ...]
    sections: tuple[Section, ...]
    annex: tuple[AnnexRow, ...]
    numbers: dict[str, int] = field(default_factory=dict)  # fact code -> row of the annex
    notes: tuple[str, ...] = ()

    def paragraphs(self) -> list[tuple[Piece, ...]]:
        """Every paragraph of the body in order, headings left out."""
        return [*self.opening, *(p for section in self.sections for p in section.paragraphs)]

    @property
    def blanks(self) -> int:
        """How many stretches somebody has to fill in, the date of signing left out."""
        return sum(isinstance(p, Figure) and p.fact is None for paragraph in self.paragraphs() for p in paragraph)

    def text(self) -> str:
        """The body as plain text, one paragraph a line."""
        return "\n".join("".join(piece if isinstance(piece, str) else piece.text for piece in paragraph) for paragraph in self.paragraphs())
