"""The sentences of a bulletin, from its facts alone: what has no figure is not claimed, and a word of growth follows the sign."""

from __future__ import annotations

from pipelines.catalog.lights import LIGHTS
from pipelines.reports.bulletin.facts import Bulletin, Line, Part
from pipelines.reports.numbers import figure, name_few

WORDS = {light: word for light, (_, word) in LIGHTS.items()} | {"none": "—"}
MARKS = {light: shape for light, (shape, _) in LIGHTS.items()}


def amount(value: float | None, unit: str, at_least: bool = False) -> str:
    """`86.2%`, `3.72万元`, `≥ 12 人`, `无数据`."""
    text, shown = figure(value, unit, at_least)
    return f"{text}{shown}" if shown == "%" else f"{text} {shown}".rstrip()


def tell_change(now: float | None, before: float | None, unit: str, against: str) -> str:
    """`比上月提高 0.4 个百分点`, `比上月减少 3 件`, `与上月持平`; empty without a comparison."""
    if now is None or before is None:
        return ""
    size = abs(now - before) * (100 if unit == "%" else 1)
    if round(size, 1 if unit == "%" else 2) == 0:
        return f"与{against}持平"
    if unit == "%":
        return f"比{against}{'提高' if now > before else '下降'} {size:.1f} 个百分点"
    return f"比{against}{'增加' if now > before else '减少'} {amount(size, unit)}"


def tell_target(line: Line) -> str:
    """How the line stands against its target; empty without one."""
    value, at_least = line.aimed
    if line.target is None or value is None:
        return ""
    told = amount(value, line.unit, at_least)
    aim = amount(line.target, line.unit)
    aim += " " if aim.endswith("%") else ""
    if line.of_year:
        if line.pace is not None:
            return f"本年累计 {told}，{'达到' if line.light == 'green' else '低于'}按进度应达的 {amount(line.pace, line.unit)}"
        return f"本年累计 {told}，{'达到' if line.light == 'green' else '未达到'}全年目标 {aim}".rstrip()
    if line.light == "green":
        return f"达到 {aim}的目标" if line.direction != "down" else f"没有超过 {aim}的控制数"
    gap = abs(line.target - value)
    return f"离 {aim}的目标还差 {f'{gap * 100:.1f} 个百分点' if line.unit == '%' else amount(gap, line.unit)}"


def tell_line(line: Line) -> str:
    """`建会率 86.2%，比上月提高 0.4 个百分点，离 90.0% 的目标还差 3.8 个百分点`."""
    said = [f"{line.name} {amount(line.month, line.unit, line.at_least)}", tell_change(line.month_now, line.month_before, line.unit, "上月"), tell_target(line)]
    return "，".join(filter(None, said))


def tell_places(part: Part) -> str:
    """Who leads and who is last by the part's leading indicator; empty with fewer than two townships, or when all are equal."""
    line, places = part.leading, part.places
    if line is None or len(places) < 2 or places[0].value == places[-1].value:
        return ""
    ends = [(end, name_few([p.township for p in places if p.value == end.value])) for end in (places[0], places[-1])]
    words = ("最低", "最高") if line.direction == "down" else ("最高", "最低")
    reached = sum(p.light == "green" for p in places)
    judged = [p for p in places if p.light != "none"]
    start = f"{len(judged)} 个乡镇中 {reached} 个达标，" if judged else ""
    told = [f"{word}的是{names}（{amount(end.value, line.unit, end.at_least)}）" for word, (end, names) in zip(words, ends, strict=True)]
    return start + "，".join(told)


def tell_part(part: Part) -> str:
    """The part in one sentence; says so where nobody gave the leading figure."""
    if part.leading is None:
        return f"{part.section.title}：没有乡镇报送{'' if part.lines else '这一部分'}{'主要指标' if part.lines else ''}。"
    said = "；".join(filter(None, (tell_line(part.leading), tell_places(part))))
    return f"{part.section.title}：{said}。"


def tell_returns(bulletin: Bulletin) -> str:
    """How many reported, how many in time, and who did not."""
    rows = bulletin.returns
    missing = [r.township for r in rows if r.state == "missing"]
    on_time, approved = sum(r.on_time for r in rows), sum(r.state in ("approved", "locked") for r in rows)
    tail = f"；{'、'.join(missing)}未报" if missing else "，全部到齐"
    waiting = "全部审核通过" if approved == len(rows) else f"审核通过 {approved} 个，其余数据未经审核"
    return f"应报 {len(rows)} 个乡镇，已报 {len(rows) - len(missing)} 个，按时 {on_time} 个{tail}；{waiting}。"


def tell_head(bulletin: Bulletin) -> str:
    """How the county stands, in one sentence: targets met, near and missed."""
    lights = [line.light for line in bulletin.targets if line.light != "none"]
    if not lights:
        return "本月没有可以对照目标的指标。"
    red = [line.name for line in bulletin.targets if line.light == "red"]
    said = f"{len(lights)} 项有目标的指标，{lights.count('green')} 项达标，{lights.count('amber')} 项接近，{len(red)} 项未达标"
    return said + (f"：{'、'.join(red)}。" if red else "。")
