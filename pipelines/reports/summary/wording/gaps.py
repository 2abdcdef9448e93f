"""Shortfalls and plans: missed targets and the issue log, in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from pipelines.catalog.period import shift_period
from pipelines.reports.summary.facts.model import Fact, Issue
from pipelines.reports.summary.wording.clauses import Voice, list_parts
from pipelines.reports.summary.wording.model import Figure, Piece
from pipelines.reports.summary.wording.numbers import UNKNOWN, say_value

ORDINALS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二", "十三", "十四", "十五", "十六")
Paragraph = tuple[Piece, ...]


def _trim(text: str) -> str:
    return " ".join(text.split()).rstrip("。；;，,、. ")


def _missed(voice: Voice) -> list[Fact]:
    """Known figures below their target, the furthest below first."""
    found = [f for f in voice.facts.facts.values() if f.light in ("red", "amber") and f.is_known and f.target is not None]
    return sorted(found, key=lambda f: (f.light != "red", (f.value / f.target) if f.target and f.direction == "up" else 0, f.code))[: voice.words["shortfall"]["most"]]


def aim_of(fact: Fact) -> Fact:
    """The target as a fact of its own, so that it has its row in the annex too."""
    return replace(fact, code=f"{fact.code}#target", name=f"{fact.name}目标", value=fact.target, at_least=False, numerator=None, denominator=None,
                   definition="本县目标", form="", parts=(), now=None, before=None)  # fmt: skip


def _pace_of(fact: Fact) -> Fact:
    return replace(aim_of(fact), code=f"{fact.code}#pace", name=f"{fact.name}按进度应达", value=fact.pace, definition="全年目标按已过月份折算")


def _fill(template: str, **parts: list[Piece] | Piece) -> list[Piece]:
    """A template whose slots are pieces."""
    pieces: list[Piece] = []
    for number, stretch in enumerate(template.replace("}", "{").split("{")):
        value = parts[stretch] if number % 2 else stretch
        pieces += value if isinstance(value, list) else [value]
    return [p for p in pieces if p]


def _say_missed(voice: Voice, fact: Fact) -> list[Piece]:
    words = voice.words["shortfall"]
    aim = _pace_of(fact) if fact.pace is not None and fact.direction == "up" else aim_of(fact)
    kind = "down" if fact.direction == "down" else "pace" if aim.code.endswith("#pace") else "up"
    shown, target = (Figure(say_value(f.value, f.unit, f.at_least), f) for f in (fact, aim))
    pieces = _fill(words[kind], name=fact.name, value=shown, target=target)
    worst = sorted(fact.parts, key=lambda p: p.value)
    if fact.direction == "up" and fact.unit == "%" and len(worst) > 1 and worst[0].value != worst[1].value:
        pieces += _fill(words["lowest"], list=list_parts(fact, worst[:1]))
    return pieces


def _where(voice: Voice, issue: Issue) -> str:
    return f"{issue.township}" if voice.facts.place.is_county else ""


def _say_problem(voice: Voice, issue: Issue) -> list[Piece]:
    words, where = voice.words["shortfall"], _where(voice, issue)
    said = words["problem"].format(where=f"{where}：" if where else "", problem=_trim(issue.problem))
    return [said + (words["cause"].format(cause=_trim(issue.cause)) if _trim(issue.cause) else "")]


def _numbered(items: list[list[Piece]], sign: str) -> list[Paragraph]:
    return [(sign.format(ORDINALS[n] if n < len(ORDINALS) else n + 1), *item, "。") for n, item in enumerate(items)]


def say_shortfalls(voice: Voice) -> list[Paragraph]:
    """Missed targets, then open problems with their causes; a blank to fill in where nobody logged any."""
    words = voice.words["shortfall"]
    opened = [i for i in voice.facts.issues if not i.done and _trim(i.problem)]
    missed = _missed(voice)
    items = [_say_missed(voice, f) for f in missed] + [_say_problem(voice, i) for i in opened[: words["issues"]]]
    paragraphs: list[Paragraph] = [(words["lead"],)] if items else []
    if not missed and any(f.light == "green" for f in voice.facts.facts.values()):
        paragraphs.insert(0, (words["none"],))
    paragraphs += _numbered(items, "{}是")
    if len(opened) > words["issues"]:
        left = Fact("issues_left", "未列出的未办结问题", "条", float(len(opened) - words["issues"]), definition="问题与计划台账中未办结、正文未列出的条数", form="issues")
        paragraphs.append(tuple(_fill(words["left"].replace("{count}条", "{count}"), count=Figure(say_value(left.value, left.unit), left))))
    return paragraphs if opened else [*paragraphs, (words["blank"], Figure(UNKNOWN), "。")]


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _say_plan(voice: Voice, issue: Issue) -> list[Piece]:
    words, where = voice.words["plan"], _where(voice, issue)
    said = words["item"].format(where=f"{where}：" if where else "", measure=_trim(issue.measure))
    over = issue.due and issue.due < shift_period(voice.facts.span.period, 1)
    told = [words["owner"].format(owner=_trim(issue.owner))] if _trim(issue.owner) else []
    told += [words["overdue" if over else "due"].format(due=_day(issue.due))] if issue.due else []
    return [said + (f"（{'，'.join(told)}）" if told else "")]


def say_plan(voice: Voice) -> list[Paragraph]:
    """What the issue log plans, by date, then the targets still to be reached; a blank where there is neither."""
    words = voice.words["plan"]
    planned = [i for i in voice.facts.issues if not i.done and _trim(i.measure)]
    items = [_say_plan(voice, i) for i in planned[: words["most"]]]
    for fact in [f for f in _missed(voice) if f.direction == "up"]:
        items.append(_fill(words["aim"], name=fact.name, target=Figure(say_value(fact.target, fact.unit), aim_of(fact))))
    paragraphs = [(words["lead"],), *_numbered(items, "第{}，")] if items else []
    return paragraphs if planned else [*paragraphs, (words["blank"], Figure(UNKNOWN), "。")]
