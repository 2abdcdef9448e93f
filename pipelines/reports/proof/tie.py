"""Ties the figures of a sentence to indicators by its words: the nearest and longest words win, and an indicator is stated once."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipelines.reports.proof.model import Figure
from pipelines.reports.proof.sentences import Sentence
from pipelines.reports.proof.terms import Term

LEAST = 3.0
_ALIKE = ({"人", "名", "人次", "人数"}, {"个", "家"}, {"次", "场", "期"}, {"件", "份", "条", "项"})
_JOIN = re.compile(r"[^，,：:。]*[、和及与][^，,：:。]*")


@dataclass(frozen=True, slots=True)
class Tied:
    """Figures that together state one indicator (`6名哨长、18名哨兵`), or one of several that the word may mean (`入会率`)."""

    figures: tuple[Figure, ...]
    indicator: str
    also: tuple[str, ...] = ()

    @property
    def readings(self) -> tuple[str, ...]:
        """The codes of all indicators that the word may mean."""
        return (self.indicator, *self.also)


def _fits(unit: str, units: tuple[str, ...]) -> bool:
    return unit in units or any(unit in alike and alike & set(units) for alike in _ALIKE)


def _nearness(sentence: Sentence, figure: Figure, word: str) -> float:
    """How much a word speaks for a figure: its length, times how near it stands; 0 where it is not there."""
    best, own = 0.0, sentence.clause_of(figure.start)
    place = sentence.text.find(word)
    while place >= 0:
        at = sentence.start + place
        far = abs(sentence.clause_of(at) - own)
        gap = figure.start - at - len(word) if at < figure.start else at - figure.end
        weight = (3.0 if far == 0 else 1.5 / far) + 0.5 / (1 + max(gap, 0) / 4)
        best = max(best, len(word) * weight)
        place = sentence.text.find(word, place + 1)
    return best


def score_term(sentence: Sentence, figure: Figure, term: Term) -> float:
    """How surely the sentence speaks of the term where the figure stands."""
    if not _fits(figure.unit, term.units):
        return 0.0
    scores = [_nearness(sentence, figure, word) for word in term.words]
    exact = 0.5 if figure.unit in term.units else 0.0
    return sum(scores) + exact if all(scores) else 0.0


def _are_joined(sentence: Sentence, left: Figure, right: Figure) -> bool:
    between = sentence.text[left.end - sentence.start : right.start - sentence.start]
    return left.unit == right.unit and bool(_JOIN.fullmatch(between))


def _candidates(sentence: Sentence, figures: list[Figure], terms: tuple[Term, ...]) -> list[tuple[float, int, str, tuple[str, ...]]]:
    found: dict[tuple[int, str], tuple[float, tuple[str, ...]]] = {}
    for term in terms:
        if term.words[0] not in sentence.text:
            continue
        for number, figure in enumerate(figures):
            score = score_term(sentence, figure, term)
            if score >= LEAST:
                key = (number, term.indicator)
                found[key] = max(found.get(key, (0.0, ())), (score, term.also), key=lambda kept: kept[0])
    return sorted(((score, number, indicator, also) for (number, indicator), (score, also) in found.items()), key=lambda c: (-c[0], c[1], c[2]))


def tie_figures(sentence: Sentence, figures: list[Figure], terms: tuple[Term, ...], places: list[str]) -> list[Tied]:
    """Which figures state which indicator; `places` names the place that each figure is about, and each place may state it."""
    chosen: dict[int, str] = {}
    owners: dict[tuple[str, str], list[int]] = {}
    readings: dict[tuple[str, str], tuple[str, ...]] = {}
    for _, number, indicator, also in _candidates(sentence, figures, terms):
        group = owners.setdefault((places[number], indicator), [])
        joined = all(abs(number - other) == 1 and _are_joined(sentence, *sorted((figures[number], figures[other]), key=lambda f: f.start)) for other in group[-1:])
        if number in chosen or (group and not joined):
            continue
        chosen[number] = indicator
        group.append(number)
        readings.setdefault((places[number], indicator), also)
    return [Tied(tuple(figures[n] for n in sorted(group)), key[1], readings[key]) for key, group in owners.items() if group]
