"""Checks a draft: every figure is tied, held against the release, and told as agreeing, differing, untied or blank."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import product

from pipelines.catalog.model import Catalog
from pipelines.faults import UserError
from pipelines.home import Home
from pipelines.reports.proof.arithmetic import check_arithmetic
from pipelines.reports.proof.figures import find_blanks, find_figures, straighten
from pipelines.reports.proof.judge import agrees, bound_note, change_agrees, say_both_sides, say_expected
from pipelines.reports.proof.model import Figure, Finding
from pipelines.reports.proof.sentences import Sentence, split_sentences
from pipelines.reports.proof.terms import Phrase, Terms, load_terms
from pipelines.reports.proof.tie import Tied, tie_figures
from pipelines.reports.summary.facts.model import Fact, Facts, Place, Span
from pipelines.reports.summary.facts.read import find_place, find_span, read_facts
from pipelines.reports.summary.wording.compose import name_dates
from pipelines.reports.summary.wording.numbers import say_value
from pipelines.warehouse.reader import Reader

_CHANGE = re.compile(r"(增长|增加|提高|上升|增幅|下降|减少|降低|回落)(?:了|约|近)?$")
TELLING = 20  # a smaller figure is some township's by chance
_FALLS = ("下降", "减少", "降低", "回落")


@dataclass
class Checker:
    """What a draft is held against: the facts of a place and span, and of other places and spans that its sentences name."""

    reader: Reader
    catalog: Catalog
    terms: Terms
    place: Place
    span: Span
    known: dict[tuple[str, str, date, bool], Facts | None] = field(default_factory=dict)

    def facts(self, place: Place, span: Span, own: bool = False) -> Facts | None:
        """The facts, read once; None where nothing was reported. The span ends with the last month that the draft's place reported, as in a summary of it,
        or with `own` with that of the place itself, which may lack the last month."""
        asked = place if own else self.place
        key = (place.code, span.reading, span.period, own)
        if key not in self.known:
            try:
                self.known[key] = read_facts(self.reader, self.catalog, place, find_span(self.reader, self.catalog, asked, f"{span.period:%Y-%m}", span.reading))
            except UserError:
                self.known[key] = None
        return self.known[key]

    def span_of(self, sentence: str) -> Span:
        """The part of the year that a sentence names, else the draft's own span."""
        for reading, words in self.terms.periods.items():
            for word, month in words.items():
                if word in sentence and self.span.reading in ("year", "half", "statistical_year"):
                    earlier = self.span.reading == "statistical_year" and month > 9  # it ends in September
                    return Span(reading, date(self.span.period.year - earlier, month, 1))
        return self.span

    def township_before(self, sentence: Sentence, figure: Figure) -> Place | None:
        """The township whose name stands right before a figure, in a draft about the county."""
        if not self.place.is_county:
            return None
        start, _ = sentence.clauses[sentence.clause_of(figure.start)]
        before = sentence.text[max(start - sentence.start, 0) : figure.start - sentence.start]
        found = [(before.rfind(t.name), t) for t in self.catalog.county.townships if t.name in before]
        at, township = max(found, key=lambda f: f[0], default=(-1, None))
        if township is None or re.search(r"[等、\d]", before[at + len(township.name) :]):
            return None
        return Place(township.code, township.name, False)


def _judge(checker: Checker, sentence: Sentence, place: Place, code: str, test: Callable[[Fact], bool]) -> tuple[Fact | None, Span, bool, str]:
    """The fact that is meant (of the sentence's own span where it has one), whether the text agrees with it, and a note."""
    own = checker.span_of(sentence.text)
    for span, alone in product(dict.fromkeys((own, checker.span)), (False, True) if place != checker.place else (False,)):
        facts = checker.facts(place, span, alone)
        fact = facts.facts.get(code) if facts else None
        if fact is not None and fact.is_known:
            note = "" if span == own else "句中所说的时段没有数据，按全文的时段核对。"
            return fact, facts.span, test(fact), note
    return None, own, False, ""


def _echo(checker: Checker, fact: Fact, span: Span, test: Callable[[Fact], bool]) -> list[str]:
    """The townships whose own figure is what a draft about the county says."""
    if not checker.place.is_county:
        return []
    if fact.parts:
        return [p.township for p in fact.parts if test(replace(fact, value=p.value, at_least=p.at_least))]
    own = {t.name: checker.facts(Place(t.code, t.name, False), span) for t in checker.catalog.county.townships if fact.code.endswith("_met")}
    return [name for name, facts in own.items() if facts and (f := facts.facts.get(fact.code)) and f.is_known and test(f)]


def _weigh(checker: Checker, fact: Fact, span: Span, test: Callable[[Fact], bool], size: float) -> tuple[str, str]:
    """Status and note of a figure that is not the place's: one township's alone, or nobody's."""
    townships = _echo(checker, fact, span, test)
    if len(townships) != 1:
        return "differs", ""
    note = f"这是{townships[0]}的数据，全县是 {say_expected(fact)}，请核对说的是哪里。"
    return ("agrees" if size >= TELLING else "untied"), note


def _finding(status: str, sentence: Sentence, start: int, end: int, fact: Fact | None = None, span: Span | None = None, expected: str = "", note: str = "") -> Finding:
    text = sentence.text[start - sentence.start : end - sentence.start]
    name, period = (fact.name, name_dates(span)) if fact and span else ("", "")
    return Finding(status, sentence.paragraph, start, end, text, sentence.text.strip(), fact.code if fact else "", name, period, expected, note)


def _check_tied(checker: Checker, sentence: Sentence, tied: Tied, place: Place) -> Finding:
    start, end = tied.figures[0].start, tied.figures[-1].end
    test = lambda f: agrees(tied.figures, f.value)  # noqa: E731
    known = [j for j in (_judge(checker, sentence, place, code, test) for code in tied.readings) if j[0] is not None]
    if not known:
        return _finding("untied", sentence, start, end, note=f"说的像是“{_name(checker, tied.indicator)}”，但没有这项数据。")
    fact, span, same, note = max(known, key=lambda j: j[2])
    if not same and any(straighten(sentence.text)[: f.start - sentence.start].endswith(checker.terms.aims) for f in tied.figures):
        fact = next((f for f, *_ in known if _is_target(tied, f)), fact)
        right = _is_target(tied, fact)
        return _finding("agrees" if right else "untied", sentence, start, end, fact, span, say_expected(fact), "这是目标，与目标一致。" if right else "这里说的像是目标或打算。")
    weighed = [_weigh(checker, f, s, test, float(tied.figures[0].value)) for f, s, *_ in known] if not same else [("agrees", "")]
    status, echo = next((w for w in weighed if w[0] != "differs"), weighed[0])
    other = "" if echo else "".join(_say_other(fact, f, same) for f, *_ in known if f is not fact)
    return _finding(status, sentence, start, end, fact, span, say_expected(fact), note + other + (echo or bound_note(tied.figures, fact)))


def _is_target(tied: Tied, fact: Fact) -> bool:
    return any(agrees(tied.figures, target) for target in (fact.target, fact.pace) if target is not None)


def _say_other(fact: Fact, other: Fact, same: bool) -> str:
    """Which reading of the word the text gives, and what the other one is."""
    if not same:
        return f"按另一种口径，{other.name}是 {say_expected(other)}，也对不上。"
    return f"这是“{fact.name.partition('（')[2].rstrip('）')}”的口径；按另一种口径，{other.name}是 {say_expected(other)}。"


def _name(checker: Checker, code: str) -> str:
    return next((i.name for i in checker.catalog.indicators if i.code == code), code)


def _check_change(checker: Checker, sentence: Sentence, figure: Figure, word: str, codes: tuple[str, ...], place: Place) -> Finding:
    facts = checker.facts(place, checker.span_of(sentence.text)) or checker.facts(place, checker.span)
    told = [(same, facts.facts[c]) for c in codes if facts and c in facts.facts and (same := change_agrees(figure, facts.facts[c], word not in _FALLS)) is not None]
    same, fact = max(told, key=lambda t: t[0], default=(None, None))
    if fact is None:
        return _finding("untied", sentence, figure.start, figure.end, note="没有可以比较的数据。")
    return _finding("agrees" if same else "differs", sentence, figure.start, figure.end, fact, facts.span, say_both_sides(fact), "按上年同期可比的数据核对。")


def _set_against(text: str, sentence: Sentence, figures: list[Figure], aims: tuple[str, ...]) -> dict[Figure, Figure]:
    """The targets that a sentence sets figures against (`为68.2%，低于80%的目标`), each with its figure."""
    pairs = zip(figures, figures[1:], strict=False)
    return {aim: figure for figure, aim in pairs if aim.unit == figure.unit and text[: aim.start - sentence.start].endswith(tuple(a for a in aims if a != "达到"))}


def _check_aim(checker: Checker, sentence: Sentence, aim: Figure, tied: Tied | None, place: Place) -> Finding:
    """A target against the catalogue's; one that nobody set is left to the reader."""
    facts = checker.facts(place, checker.span_of(sentence.text)) or checker.facts(place, checker.span)
    stated = replace(tied, figures=(aim,)) if tied else None
    told = [(_is_target(stated, f), f) for c in (tied.readings if tied else ()) if facts and (f := facts.facts.get(c)) and f.target is not None]
    if not told:
        return _finding("untied", sentence, aim.start, aim.end, note="这里说的像是目标，没有设这项目标。")
    same, fact = max(told, key=lambda t: t[0])
    return _finding("agrees" if same else "differs", sentence, aim.start, aim.end, replace(fact, name=f"{fact.name}目标"), facts.span, say_value(fact.target, fact.unit))


def _check_figures(checker: Checker, sentence: Sentence, figures: list[Figure]) -> list[Finding]:
    text = straighten(sentence.text)
    changes = {f: found[1] for f in figures if (found := _CHANGE.search(text[: f.start - sentence.start]))}
    aims = _set_against(text, sentence, [f for f in figures if f not in changes], checker.terms.aims)
    plain = [f for f in figures if f not in changes and f not in aims]
    places = [checker.township_before(sentence, f) or checker.place for f in plain]
    tied = tie_figures(sentence, plain, checker.terms.terms, [p.code for p in places])
    where = dict(zip(plain, places, strict=True))
    found = [_check_tied(checker, sentence, t, where[t.figures[0]]) for t in tied]
    owner = {f: t for t in tied for f in t.figures}
    for figure, word in changes.items():
        before = [f for f in plain if f.start < figure.start and f in owner]
        found.append(_check_change(checker, sentence, figure, word, owner[before[-1]].readings if before else (), where[before[-1]] if before else checker.place))
    found += [_check_aim(checker, sentence, aim, owner.get(figure), where[figure]) for aim, figure in aims.items()]
    return found + [_finding("untied", sentence, f.start, f.end) for f in plain if f not in owner]


def _says(phrase: Phrase, matches: list[re.Match]) -> float:
    if phrase.list:
        return float(len(re.split("[、和及]", matches[0]["names"])))
    return float(len(matches)) if phrase.count else float(phrase.value)


def _check_phrase(checker: Checker, paragraph: int, text: str, phrase: Phrase) -> list[Finding]:
    matches = list(phrase.pattern.finditer(text))
    groups = [matches] if phrase.count and matches else [[m] for m in matches]
    found = []
    for group in groups:
        sentence = next(s for s in split_sentences(paragraph, text) if s.start <= group[0].start() < s.end)
        value = _says(phrase, group)
        test = lambda f, value=value: f.value == value and not f.at_least  # noqa: E731
        fact, span, same, note = _judge(checker, sentence, checker.place, phrase.indicator, test)
        status, echo = ("untied", "") if fact is None else ("agrees", "") if same else _weigh(checker, fact, span, test, value)
        start, end = group[0].span()
        shown = text[start:end]
        found.append(Finding(status, paragraph, start, end, shown, sentence.text.strip(), phrase.indicator, fact.name if fact else _name(checker, phrase.indicator),
                             name_dates(span) if fact else "", say_expected(fact) if fact else "", note + echo))  # fmt: skip
    return found


def _is_idiom(text: str, figure: Figure, idioms: tuple[str, ...]) -> bool:
    near = text[max(figure.start - 4, 0) : figure.end + 4]
    return any(figure.text in idiom and idiom in near for idiom in idioms)


def _check_paragraph(checker: Checker, number: int, text: str) -> list[Finding]:
    figures = [f for f in find_figures(number, text) if not _is_idiom(text, f, checker.terms.idioms)]
    found = [f for phrase in checker.terms.phrases for f in _check_phrase(checker, number, text, phrase)]
    stated = {n for f in found for n in range(f.start, f.end)}
    figures = [f for f in figures if not stated & set(range(f.start, f.end))]
    for sentence in split_sentences(number, text):
        inside = [f for f in figures if sentence.start <= f.start < sentence.end]
        sums = check_arithmetic(sentence, inside)
        spots = {(f.start, f.end) for f in sums}
        found += sums + [f for f in _check_figures(checker, sentence, inside) if f.status != "untied" or (f.start, f.end) not in spots]
        for start, end in find_blanks(sentence.text):
            found.append(_finding("placeholder", sentence, sentence.start + start, sentence.start + end))
    return sorted(found, key=lambda f: (f.start, f.end))


def check_text(reader: Reader, home: Home, catalog: Catalog, paragraphs: list[str], code: str | None, period: str, reading: str | None = None) -> list[Finding]:
    """Every figure of the paragraphs with what the release says about it; UserError where the place or span has no data."""
    place = find_place(catalog, reader, code)
    span = find_span(reader, catalog, place, period, reading)
    checker = Checker(reader, catalog, load_terms(home, catalog), place, span)
    return [finding for number, text in enumerate(paragraphs) for finding in _check_paragraph(checker, number, text)]


