"""The annex: one row for every fact that the text states, in the order in which it is first stated."""

from __future__ import annotations

from collections.abc import Iterable

from pipelines.catalog.period import format_period
from pipelines.catalog.reading import first_month
from pipelines.reports.summary.facts.model import Fact, Facts
from pipelines.reports.summary.wording.model import AnnexRow, Figure, Piece
from pipelines.reports.summary.wording.numbers import say_exact

Receipts = dict[str, tuple[int, str]]
SHORT = 24  # signs of receipts that a row holds itself


def stated(paragraphs: Iterable[tuple[Piece, ...]]) -> dict[str, Fact]:
    """Every fact of the paragraphs once, by code, in order."""
    found: dict[str, Fact] = {}
    for paragraph in paragraphs:
        for piece in paragraph:
            if isinstance(piece, Figure) and piece.fact:
                found.setdefault(piece.fact.code, piece.fact)
    return found


def say_sources(ids: tuple[str, ...]) -> str:
    """`000001—000004、000007`: receipts, those in a row drawn together."""
    runs: list[list[str]] = []
    for number in ids:
        if runs and number.isdigit() and runs[-1][-1].isdigit() and int(number) == int(runs[-1][-1]) + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return "、".join(run[0] if len(run) == 1 else f"{run[0]}—{run[-1]}" for run in runs) or "—"


def _whole(value: float | None) -> str:
    return say_exact(value, "")


def _earlier(fact: Fact) -> str:
    """The same span a year ago; where not every township can be compared, both sides of what can be."""
    if fact.now is None or fact.at_least:
        return "—"
    side = say_exact(fact.before, fact.unit)
    return side if fact.now == fact.value else f"{side}（可比本期 {say_exact(fact.now, fact.unit)}）"


def _receipts(facts: Facts) -> Receipts:
    """Form -> how many uploads it comes from, and their receipts in words; `returns` are all of them."""
    every = tuple(sorted({number for group in facts.sources.values() for number in group}))
    return {form: (len(ids), say_sources(ids)) for form, ids in (facts.sources | {"returns": every}).items()}


def _sources(receipts: tuple[int, str], title: str, notes: dict[str, str]) -> str:
    """The form and the receipts; a long list of these is told once, in a note."""
    uploads, said = receipts
    if len(said) <= SHORT:
        return f"{title} {said}"
    return f"{title} {uploads} 份（{notes.setdefault(said, f'注{len(notes) + 1}')}）"


def _row(number: int, fact: Fact, facts: Facts, receipts: Receipts, titles: dict[str, str], notes: dict[str, str]) -> AnnexRow:
    first, last = first_month(facts.span.reading, facts.span.period), facts.span.period
    months = format_period(last) if first == last else f"{format_period(first)}至{format_period(last)}"
    value = say_exact(fact.value, fact.unit, fact.at_least) + ("" if fact.unit == "%" else fact.unit)
    sources = _sources(receipts.get(fact.form, (0, say_sources(()))), titles.get(fact.form, "月报"), notes) if fact.form else "—"
    return AnnexRow(number, fact.name, months, value, _earlier(fact), _whole(fact.numerator), _whole(fact.denominator), fact.definition, sources)


def build_annex(found: dict[str, Fact], facts: Facts, titles: dict[str, str]) -> tuple[tuple[AnnexRow, ...], dict[str, int], tuple[str, ...]]:
    """The rows, which of them each fact has, and the notes that the rows speak of."""
    numbers, notes = {code: n for n, code in enumerate(found, 1)}, {}
    receipts = _receipts(facts)
    rows = tuple(_row(numbers[code], fact, facts, receipts, titles, notes) for code, fact in found.items())
    return rows, numbers, tuple(f"{name}：来源报送的回执号为 {said}。" for said, name in notes.items())
