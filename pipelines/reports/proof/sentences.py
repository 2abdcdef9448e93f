"""Cuts a paragraph into sentences and these into clauses, every sign keeping its place."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SENTENCE = re.compile(r"[^。；;！？!?]+[。；;！？!?]?")
_CLAUSE = re.compile(r"[^，,：:]+[，,：:]?")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with its clauses as spans of the paragraph."""

    paragraph: int
    start: int
    text: str
    clauses: tuple[tuple[int, int], ...]

    @property
    def end(self) -> int:
        """Where it ends in the paragraph."""
        return self.start + len(self.text)

    def clause_of(self, place: int) -> int:
        """The number of the clause that holds a place of the paragraph."""
        return next((n for n, (start, end) in enumerate(self.clauses) if start <= place < end), len(self.clauses) - 1)


def split_sentences(paragraph: int, text: str) -> list[Sentence]:
    """The sentences of a paragraph; a thousands mark parts no clause."""
    found = []
    for match in _SENTENCE.finditer(text):
        spans = [(match.start() + c.start(), match.start() + c.end()) for c in _CLAUSE.finditer(re.sub(r"(?<=\d),(?=\d{3})", "0", match[0]))]
        found.append(Sentence(paragraph, match.start(), match[0], tuple(spans) or ((match.start(), match.end()),)))
    return found
