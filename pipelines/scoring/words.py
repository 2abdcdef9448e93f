"""A rule, a value and a score in the words that people read; the derivation line by line."""

from __future__ import annotations

from fractions import Fraction

from pipelines.catalog.lights import NO_DATA
from pipelines.catalog.model import Catalog
from pipelines.catalog.scoring import FACTS, Deduct, RubricItem, Veto
from pipelines.scoring.engine import Deduction, Line, Score
from pipelines.scoring.figure import Figure, exact, source_of
from pipelines.scoring.lift import Lift

NOT_JUDGED = "待县总工会评分"
SIGNS = {">=": "≥", "<=": "≤"}


def plain(number: Fraction | float) -> str:
    """`6`, `14.5`, `1,234.57`."""
    text = f"{float(number):,.2f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def points_text(points: Fraction | None) -> str:
    """Points as they stand in a table: one decimal at least, 无数据 where there are none."""
    if points is None:
        return NO_DATA
    return f"{float(points):.1f}" if (points * 10).denominator == 1 else f"{float(points):.2f}"


def line_points(line: Line) -> str:
    """The points of a line; 待评 where a person has to give them, 无数据 where there is none to tell from."""
    return "待评" if line.points is None and line.item.kind == "manual" else points_text(line.points)


def unit_of(catalog: Catalog, block: RubricItem | Deduct | Veto) -> str:
    """The unit of the value that a rule judges; `%` for a share."""
    if getattr(block, "of", "value") == "growth":
        return "%"
    if block.fact:
        return FACTS[block.fact][1]
    return catalog.indicator(block.indicator).unit if block.indicator else ""


def source_name(catalog: Catalog, source: str) -> str:
    """The name of an indicator or a fact."""
    return FACTS[source][0] if source in FACTS else catalog.indicator(source).name


def amount_text(number: Fraction | float, unit: str) -> str:
    """`90%`, `2 万元`, `500 人`."""
    if unit == "%":
        return f"{plain(float(number) * 100)}%"
    if unit == "元" and abs(number) >= 10000:
        return f"{plain(float(number) / 10000)} 万元"
    return f"{plain(number)} {unit}".strip()


def value_text(value: Fraction | None, unit: str, at_least: bool = False) -> str:
    """A value with its unit, a share with one decimal; 无数据 where there is none."""
    if value is None:
        return NO_DATA
    text = f"{float(value) * 100:.1f}%" if unit == "%" else amount_text(value, unit)
    return f"≥ {text}" if at_least else text


def _deduct_words(rule: Deduct) -> str:
    lack = f"比 {plain(rule.level)} 每少" if rule.of == "below" else "每有" if rule.of == "value" else "每缺"
    return f"{lack} {plain(rule.every)} {rule.unit}".rstrip() + f"扣 {plain(rule.points)}"


def rule_words(catalog: Catalog, item: RubricItem) -> str:
    """The rule in one line: `≥90% 得 8，≥85% 得 6`."""
    unit, sign = unit_of(catalog, item), SIGNS[item.compare]
    what = {"value": "", "increase": "比上年末净增", "growth": "比上年末增长"}[item.of]
    if item.kind == "steps":
        words = what + "，".join(f"{sign}{amount_text(s.at, unit)} 得 {plain(s.points)}" for s in item.steps)
    elif item.kind == "floor":
        words = f"{what}每 {amount_text(item.every, unit)} 得 {plain(item.points)}，不足不计"
    elif item.kind == "flat":
        words = what + (f"{amount_text(item.at, unit)}" if item.compare == "<=" and not item.at else f"{sign}{amount_text(item.at, unit)}") + f" 得 {plain(item.full)}"
    else:
        words = f"满分 {plain(item.full)}" if item.kind == "deduct" else f"县总工会评分，满分 {plain(item.full)}"
    return "；".join([words, *map(_deduct_words, item.deduct)])


def _shown(line: Line) -> tuple[Figure | None, str, Deduct | RubricItem]:
    first = line.deductions[0] if line.item.kind == "deduct" else None
    return (first.figure, source_of(first.rule), first.rule) if first else (line.figure, source_of(line.item), line.item)


def actual_text(catalog: Catalog, line: Line) -> str:
    """What was found for an item: its value, of a deduction what it is deducted for; 无数据 or 待评 where there is nothing."""
    if line.item.kind == "manual":
        return "—" if line.given else "待评"
    figure, _, block = _shown(line)
    if figure is None:
        return NO_DATA
    if line.item.kind == "deduct":
        return value_text(figure.value, "%" if figure.denominator is not None else unit_of(catalog, block), figure.at_least)
    return value_text(line.value, unit_of(catalog, line.item), figure.at_least)


def parts_text(line: Line) -> str:
    """`38 ÷ 42` of a share, `现 612，上年末 600` of a change; empty for a plain sum."""
    figure = _shown(line)[0]
    if figure is None:
        return ""
    if line.item.of != "value":
        return f"现 {plain(figure.numerator)}，上年末 {NO_DATA if figure.before is None else plain(figure.before)}"
    return f"{plain(figure.numerator)} ÷ {plain(figure.denominator)}" if figure.denominator is not None else ""


def deduction_text(deduction: Deduction) -> str:
    """`15 份，扣 1.5`, of a counted fact `本年逾期未整改隐患 11 处，扣 5.5`, or that there is no data and nothing is deducted."""
    if deduction.points is None:
        return f"扣分依据{NO_DATA}，不扣"
    name, unit = FACTS.get(deduction.rule.fact, ("", "%"))
    if deduction.rule.of == "value" and unit != "%":  # other pages count it over another span
        return f"{name} {plain(deduction.amount)} {unit}，扣 {plain(deduction.points)}"
    return f"{plain(deduction.amount)} {deduction.rule.unit}，扣 {plain(deduction.points)}"


def _earned_text(line: Line) -> str:
    item, steps = line.item, sorted(line.item.steps, key=lambda s: -s.points)
    if item.kind == "steps":
        reached = next((s for s in steps if exact(s.points) == line.earned), None)
        return f"到 {plain(line.earned)} 分一级" if reached else "没有到最低一级，得 0"
    if item.kind == "floor":
        times = line.earned / exact(item.points)
        return f"够 {plain(times)} 个，得 {plain(line.earned)}" if times else "不足一个，得 0"
    return f"满分 {plain(item.full)}" if item.kind == "deduct" else f"{'达到' if line.earned else '没有达到'}，得 {plain(line.earned)}"


def derive(catalog: Catalog, line: Line) -> str:
    """How the line's points came about, step by step, as one sentence."""
    if line.earned is None:
        said = [NOT_JUDGED + "，不计入可评分" if line.item.kind == "manual" else f"{NO_DATA}，不计分，也不计入可评分"]
    else:
        found = "，".join(filter(None, (actual_text(catalog, line), parts_text(line))))
        said = [found, _earned_text(line), *map(deduction_text, line.deductions)]
        said += [f"超过满分，封顶 {plain(line.item.full)}"] if line.is_capped else []
        said += [f"规则得 {plain(line.computed)}"] if line.given else []
    if line.given:
        said = ([] if line.item.kind == "manual" else said) + [f"{line.given.by or '县总工会'}核定 {plain(line.given.points)}：{line.given.remark}"]
    return "；".join(said)


def veto_text(veto: Veto, remark: str = "") -> str:
    """What was hit and what it leaves."""
    return f"一票否决：{veto.words}{f'（{remark}）' if remark else ''}，总分最多 {plain(veto.cap)} 分"


def total_text(score: Score) -> str:
    """`80.5 分`, `62.5 分（可评 85 分，其余无数据或待评）`, 无数据."""
    if score.total is None:
        return NO_DATA
    whole = score.judged == exact(score.rubric.full)
    return f"{points_text(score.total)} 分" + ("" if whole else f"（可评 {plain(score.judged)} 分，其余无数据或待评）")


def lift_text(catalog: Catalog, lift: Lift) -> str:
    """`再建会 1 家 → +2 分（建会率 88.2% → 91.2%）`."""
    share = lift.before.denominator is not None
    unit = "%" if share else FACTS[lift.source][1] if lift.source in FACTS else catalog.indicator(lift.source).unit
    moved = f"{source_name(catalog, lift.source)} {value_text(lift.before.value, unit)} → {value_text(lift.after.value, unit)}"
    return f"{lift.words} → +{plain(lift.gain)} 分（{moved}）"
