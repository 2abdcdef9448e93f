"""The sums inside a text: A + B = C, 合计, 占, 由 A 增加到 B, 人均; only what does not add up is told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from pipelines.reports.proof.model import Figure, Finding
from pipelines.reports.proof.sentences import Sentence

_NUMBER = r"\d[\d,]*(?:\.\d+)?"
_UNIT = r"\s*(?:万元|元|人次|人|%)?\s*"
_EXPRESSION = re.compile(rf"({_NUMBER}){_UNIT}((?:[+＋\-－×*/÷]\s*{_NUMBER}{_UNIT})+)(?:=|＝|等于|为)\s*({_NUMBER})\s*([%％])?")
_STEP = re.compile(rf"([+＋\-－×*/÷])\s*({_NUMBER})")
_TOTAL = re.compile(r"(合计|共计|总计|总共|一共|合共)[^，。；\d]{0,10}$")
_SHARE = re.compile(r"(占|占比)[^，。；\d]{0,12}$")
_GROWN = re.compile(r"(增长|增加|提高|上升|下降|减少|降低)了?$")
_MEAN = re.compile(r"(人均|平均每人)[^，。；\d]{0,6}$")
PEOPLE = ("人", "名", "人次", "户")


def _number(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))


def _places(text: str) -> int:
    return len(text.partition(".")[2])


def _finding(sentence: Sentence, start: int, end: int, note: str) -> Finding:
    text = sentence.text[start - sentence.start : end - sentence.start]
    return Finding("sum", sentence.paragraph, start, end, text, sentence.text.strip(), note=note)


def _plain(value: Decimal, places: int = 2) -> str:
    return f"{value.quantize(Decimal(1).scaleb(-places)).normalize():f}"


def _evaluate(found: re.Match) -> Decimal | None:
    """Products and quotients first, as everybody reckons; None for a division by nothing."""
    terms = [_number(found[1])]
    try:
        for sign, number in _STEP.findall(found[2]):
            other = _number(number)
            if sign in "×*/÷":
                terms[-1] = terms[-1] * other if sign in "×*" else terms[-1] / other
            else:
                terms.append(other if sign in "+＋" else -other)
    except (InvalidOperation, ZeroDivisionError):
        return None
    return sum(terms, Decimal(0))


def check_expressions(sentence: Sentence) -> Iterator[Finding]:
    """`22.68 + 4.61 = 27.22`, `160772/2631760 = 16%`."""
    for found in _EXPRESSION.finditer(sentence.text):
        value = _evaluate(found)
        if value is None:
            continue
        value = value * 100 if found[4] else value
        places = _places(found[3])
        if abs(value - _number(found[3])) > Decimal(1).scaleb(-places) / 2:
            note = f"算式得 {_plain(value, max(places, 2))}{'%' if found[4] else ''}，文中写的是 {found[3]}{'%' if found[4] else ''}。"
            yield _finding(sentence, sentence.start + found.start(), sentence.start + found.end(), note)


def _before(sentence: Sentence, figure: Figure) -> str:
    return sentence.text[: figure.start - sentence.start]


def _totals(sentence: Sentence, figures: list[Figure]) -> Iterator[Finding]:
    for number, total in enumerate(figures):
        parts = [f for f in figures[:number] if f.unit == total.unit]
        if not _TOTAL.search(_before(sentence, total)) or len(parts) < 2 or "其中" in sentence.text or any(f.at_least for f in [*parts, total]):
            continue
        added = sum((f.value for f in parts), Decimal(0))
        if abs(added - total.value) > max(total.half, sum((f.half for f in parts), Decimal(0)) if any(f.half != total.half for f in parts) else total.half):
            said = " + ".join(f.text for f in parts)
            unit = Decimal(10_000) if "万" in total.text else Decimal(1)
            note = f"前面各项相加（{said}）是 {_plain(added / unit)}{'万' if unit > 1 else ''}{total.unit}，文中写的是 {total.text}。"
            yield _finding(sentence, total.start, total.end, note)


def _shares(sentence: Sentence, figures: list[Figure]) -> Iterator[Finding]:
    for number, share in enumerate(figures):
        before = figures[max(number - 2, 0) : number]
        if share.unit != "%" or len(before) < 2 or not _SHARE.search(_before(sentence, share)) or before[0].unit != before[1].unit or before[0].unit == "%":
            continue
        small, large = sorted(f.value for f in before)
        if large and abs(small / large - share.value) > share.half:
            note = f"{_plain(small)} 占 {_plain(large)} 的 {_plain(small / large * 100)}%，文中写的是 {share.text}。"
            yield _finding(sentence, share.start, share.end, note)


def _growth(sentence: Sentence, figures: list[Figure]) -> Iterator[Finding]:
    for first, second, rate in zip(figures, figures[1:], figures[2:], strict=False):
        text = sentence.text[max(first.start - sentence.start - 12, 0) : second.start - sentence.start]
        grown = _GROWN.search(_before(sentence, rate))
        if not (re.search(r"[由从]", text) and text.endswith(("到", "至", "为")) and grown) or first.unit != second.unit or rate.unit != "%" or not first.value:
            continue
        real = (second.value - first.value) / first.value
        rises = grown[1] in ("增长", "增加", "提高", "上升")
        if first.unit != "%" and (abs(abs(real) - rate.value) > rate.half or (real > 0) != rises):
            note = f"由 {first.text} 到 {second.text} 是{'增长' if real > 0 else '下降'} {_plain(abs(real) * 100)}%，文中写的是{grown[1]} {rate.text}。"
            yield _finding(sentence, rate.start, rate.end, note)


def _means(sentence: Sentence, figures: list[Figure]) -> Iterator[Finding]:
    for mean in figures:
        others = [f for f in figures if f is not mean and not f.at_least]
        money, people = [f for f in others if f.unit == "元"], [f for f in others if f.unit in PEOPLE]
        if mean.unit not in ("元", "元/人次") or not _MEAN.search(_before(sentence, mean)) or len(money) != 1 or len(people) != 1 or not people[0].value:
            continue
        real = money[0].value / people[0].value
        if abs(real - mean.value) > max(mean.half, Decimal("0.5") if "." not in mean.text else mean.half):
            yield _finding(sentence, mean.start, mean.end, f"{money[0].text} 除以 {people[0].text} 是 {_plain(real)} 元，文中写的是 {mean.text}。")


def check_arithmetic(sentence: Sentence, figures: list[Figure]) -> list[Finding]:
    """What does not add up in a sentence."""
    return [f for check in (_totals, _shares, _growth, _means) for f in check(sentence, figures)] + list(check_expressions(sentence))
