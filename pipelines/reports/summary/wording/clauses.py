"""Turns one sentence of the wording into pieces: the clauses whose figures there are, in the variant that fits them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

from pipelines.reports.summary.facts.model import Fact, Facts, Part
from pipelines.reports.summary.wording.change import say_change
from pipelines.reports.summary.wording.data import SLOT
from pipelines.reports.summary.wording.model import Figure, Piece
from pipelines.reports.summary.wording.numbers import UNKNOWN, say_value


@dataclass(frozen=True, slots=True)
class Voice:
    """The facts and the words that they are told in."""

    facts: Facts
    words: dict[str, Any]

    @property
    def whole(self) -> str:
        """`全县`, `全镇`, `全乡`."""
        return self.facts.place.whole if self.facts.place.is_county else f"全{self.facts.place.name[-1]}"

    @property
    def comparable(self) -> int:
        """How many townships most comparisons rest on; 0 where there are none."""
        counts = Counter(f.compared for f in self.facts.facts.values() if f.compared)
        return counts.most_common(1)[0][0] if counts else 0

    def fact(self, code: str) -> Fact:
        """The fact; an unknown one where the warehouse does not hold the indicator yet."""
        return self.facts.facts.get(code) or Fact(code, code, "", None)


def _is_full(fact: Fact) -> bool:
    return fact.value == 1 if fact.unit == "%" else fact.denominator not in (None, 0) and fact.value == fact.denominator


def _variant(clause: dict[str, Any], fact: Fact) -> str | None:
    """The words that fit the figure; None where the clause has nothing to say."""
    if not fact.is_known:
        return clause["text"] if clause.get("keep") else None
    if fact.value == 0:
        return clause.get("zero") or (clause["text"] if clause.get("keep") else None)
    if _is_full(fact) and not fact.at_least:
        return clause.get("full", clause["text"])
    return clause.get("one", clause["text"]) if fact.value == 1 and fact.unit != "%" else clause["text"]


def _slot(voice: Voice, code: str, unit: str | None, change: str | None, literal: str | None) -> Piece:
    if code == "@whole":
        return voice.whole
    fact = voice.fact(code)
    if change:
        return Figure(said, fact) if (said := say_change(fact, voice.words["change"], voice.comparable)) else ""
    if not fact.is_known:
        return Figure(f"{UNKNOWN}{unit or fact.unit}")
    return Figure(literal or say_value(fact.value, unit or fact.unit, fact.at_least), fact)


def fill(voice: Voice, text: str) -> list[Piece]:
    """The words with every slot filled."""
    pieces, start = [], 0
    for found in SLOT.finditer(text):
        pieces += [text[start : found.start()], _slot(voice, *found.groups())]
        start = found.end()
    return [piece for piece in [*pieces, text[start:]] if piece]


def _main(text: str) -> str | None:
    return next((found[1] for found in SLOT.finditer(text) if not found[1].startswith("@")), None)


def _clause(voice: Voice, clause: dict[str, Any]) -> list[Piece]:
    if clause.get("only", "") not in ("", "county" if voice.facts.place.is_county else "township"):
        return []
    text = _variant(clause, voice.fact(_main(clause["text"])))
    if text is None:
        return []
    pieces = fill(voice, text)
    return pieces if clause.get("keep") or all(isinstance(p, str) or p.fact for p in pieces) else []


def township_figure(fact: Fact, part: Part) -> Figure:
    """A township's figure within the county's, as a fact of its own."""
    own = replace(fact, code=f"{fact.code}@{part.township}", name=f"{part.township}{fact.name}", value=part.value, at_least=part.at_least,
                  numerator=part.numerator, denominator=part.denominator, parts=(), now=None, before=None)  # fmt: skip
    return Figure(say_value(part.value, fact.unit, part.at_least), own)


def list_parts(fact: Fact, parts: list[Part]) -> list[Piece]:
    """`城关镇12件、水坪镇9件`."""
    pieces: list[Piece] = []
    for part in parts:
        pieces += ["、" if pieces else "", part.township, township_figure(fact, part)]
    return [p for p in pieces if p]


def _leading(voice: Voice, code: str | None) -> list[Piece]:
    """`，居前的是……`: of sums only, and never a rank that several share."""
    fact = voice.fact(code) if code else None
    if fact is None or not fact.is_known or fact.unit == "%" or not fact.value:
        return []
    words, parts = voice.words["leading"], [p for p in fact.parts if p.value > 0]
    chosen = [p for p in parts[: words["most"]] if len(parts) <= words["most"] or p.value > parts[words["most"]].value]
    if not chosen:
        return []
    kind = "many" if len(parts) > words["most"] else "only" if len(parts) == 1 else "few"
    head, _, tail = words[kind].replace("{name}", fact.name).partition("{list}")
    return ["；", head, *list_parts(fact, chosen), *([tail] if tail else [])]


def say_sentence(voice: Voice, sentence: dict[str, Any]) -> list[Piece]:
    """The sentence with its full stop; empty where it has nothing to say."""
    pieces: list[Piece] = []
    for clause in sentence["clauses"]:
        if said := _clause(voice, clause):
            pieces += ["，", *said] if pieces else said
    return [*pieces, *_leading(voice, sentence.get("leading")), "。"] if pieces else []
