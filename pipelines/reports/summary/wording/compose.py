"""Puts a summary together: opening, what was done by area, shortfalls, next steps, annex. Words only: its numbers come from the facts."""

from __future__ import annotations

from typing import Any

from pipelines.catalog.model import Catalog
from pipelines.catalog.reading import is_whole, name_span
from pipelines.reports.summary.facts.model import Fact, Facts, Span
from pipelines.reports.summary.wording.annex import build_annex, stated
from pipelines.reports.summary.wording.clauses import Voice, say_sentence
from pipelines.reports.summary.wording.gaps import say_plan, say_shortfalls
from pipelines.reports.summary.wording.model import Draft, Figure, Piece, Section
from pipelines.reports.summary.wording.numbers import say_value


def name_dates(span: Span) -> str:
    """`2026年`, `2026年1—10月`, `2026年第一季度`, `2026年3月`, `2026统计年度`."""
    told = name_span(span.reading, span.period)
    if "年" in told and told != "全年" and told[0].isdigit():
        return told
    return f"{span.period.year}年{'' if told == '全年' else told}"


def _sections(voice: Voice) -> list[Section]:
    found: list[Section] = []
    for section in voice.words["section"]:
        leads: dict[str, list[Piece]] = {}
        for sentence in voice.words["sentence"]:
            if sentence["section"] == section["key"] and (said := say_sentence(voice, sentence)):
                leads.setdefault(sentence.get("lead", ""), []).extend(said)
        if leads:
            found.append(Section(section["title"], 1, ()))
            found += [Section(lead, 2, (tuple(pieces),)) for lead, pieces in leads.items()]
    return found


def _opening(voice: Voice, office: str) -> list[tuple[Piece, ...]]:
    words = voice.words["opening"]
    lines: list[tuple[Piece, ...]] = [(words["text"].format(span=name_dates(voice.facts.span), office=office, place=voice.facts.place.name),)]
    returns = say_sentence(voice, {"clauses": words["returns"]})
    lines.append((*returns, *_comparison(voice)))
    return [line for line in lines if line]


def _comparison(voice: Voice) -> list[Piece]:
    """What the comparisons of the text rest on."""
    words = voice.words["change"]
    if not voice.comparable:
        return [words["none"]]
    if not voice.facts.place.is_county:
        return []
    fact = Fact("comparable", "可比乡镇数", "个", float(voice.comparable), definition="两个时段都报送了相同月份的乡镇", form="returns")
    head, _, tail = words["base"].partition("{townships}")
    return [head, Figure(say_value(fact.value, fact.unit), fact), tail]


def _notes(facts: Facts) -> tuple[str, ...]:
    whole = is_whole(facts.span.reading, facts.span.period)
    return (
        f"数据发布版本 {facts.release}；正文中每个数字右上角的编号即本表序号。",
        "“余”“以上”和“≥”表示上报的是下限；“××”为没有数据、需要补充的内容。",
        *(() if whole else ("本期尚未结束，数据截至最后一个已报月份。",)),
    )


def compose(facts: Facts, words: dict[str, Any], catalog: Catalog) -> Draft:
    """The draft that the facts bear out."""
    voice = Voice(facts, words)
    office = words["county_office" if facts.place.is_county else "township_office"].format(place=facts.place.name)
    sections = _sections(voice)
    sections += [Section(words["shortfall"]["title"], 1, tuple(say_shortfalls(voice))), Section(words["plan"]["title"], 1, tuple(say_plan(voice)))]
    opening = tuple(_opening(voice, office))
    titles = {form.key: form.title for form in catalog.forms}
    annex, numbers, sources = build_annex(stated([*opening, *(p for s in sections for p in s.paragraphs)]), facts, titles)
    title = words["title"].format(office=office, span=name_dates(facts.span), place=facts.place.name)
    return Draft(title, office, opening, tuple(sections), annex, numbers, (*_notes(facts), *sources))
