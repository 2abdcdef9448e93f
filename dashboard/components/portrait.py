"""One township's figures area by area, beside its own past, the county and the townships of its size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas

from dashboard.cached import find_board, find_catalog
from dashboard.components.cards import spark_html
from dashboard.components.figure_link import figure_address, link_html
from dashboard.components.light import light_html
from dashboard.components.page import show_section
from dashboard.components.table import show_table, show_twin, word
from dashboard.figures import COMPARED
from dashboard.selection import Selection
from pipelines.reports.numbers import change, figure, is_missing
from pipelines.scoring.words import points_text


def is_judged(row: object) -> bool:
    """Whether the figure stands in the table of lights: a rate, or what has a target."""
    return row.kind == "ratio" or not is_missing(row.target)


def describe_rank(row: object) -> str:
    """`3/13`; — for what is not ranked, or where there is nobody to be ranked with."""
    return "—" if is_missing(row.place) or row.ranked < 2 else f"{int(row.place)}/{int(row.ranked)}"


def _value(value: object, unit: str, at_least: bool = False) -> str:
    return "—" if is_missing(value) else " ".join(figure(value, unit, at_least)).replace(" %", "%")


def _row(row: object, selection: Selection, line: Sequence[float]) -> list[str]:
    shown = _value(row.value, row.unit, bool(row.at_least))
    lit = light_html(row.light, shown) if row.light != "none" else shown
    shade = f' class="{row.light}"' if row.light in ("red", "amber") else ""
    changes = [change(row.value, value, row.unit) for value in ((row.before, row.year_before) if len(COMPARED[selection.reading]) > 1 else (row.year_before,))]
    medians = [_value(value if row.ranked > 1 else None, row.unit) for value in (row.peer_median, row.county_median)]  # of one township there is none
    return [word(row.name), f"<td{shade}>{link_html(lit, figure_address(selection, row.indicator))}</td>", _value(row.target, row.unit), *changes,
            *medians, describe_rank(row), spark_html(list(line))]  # fmt: skip


def show_areas(rows: pandas.DataFrame, lines: Mapping[str, Sequence[float]], selection: Selection) -> None:
    """The judged figures under the names of their areas; every figure in the table twin."""
    heads = ["指标", selection.township or "", "目标", *(words for words, _ in COMPARED[selection.reading]), "同类<br><small>中位数</small>", "全县<br><small>中位数</small>",
             "名次", "走势"]  # fmt: skip
    table = []
    for key, name in find_catalog().areas:
        judged = [r for r in rows[rows.area == key].itertuples() if is_judged(r)]
        if judged:
            table.append([f'<th class="text area" colspan="{len(heads)}" scope="rowgroup">{word(name)}</th>'])
            table += [_row(r, selection, lines.get(r.indicator, ())) for r in judged]
    show_table(heads, table)
    told = rows.assign(value=rows.value.astype(float), peer_median=rows.peer_median.astype(float), county_median=rows.county_median.astype(float),
                       area=rows.area.map(dict(find_catalog().areas)))  # fmt: skip
    show_twin(told, {"area": "领域", "name": "指标", "unit": "单位", "value": selection.township or "", "peer_median": "同类中位数", "county_median": "全县中位数"}, f"全部 {len(told)} 项指标（比率为小数）")


def show_score(selection: Selection) -> None:
    """The points of the standard by group beside the county's median; nothing where the year has no rubric."""
    board = find_board(selection)
    standing = board.standing(selection.township_code)
    score, ranked = standing.score, board.ranked > 1 and standing.rank
    show_section(f"{board.rubric.name} {points_text(score.total)} 分" + (f"，第 {standing.rank}，共排 {board.ranked} 个乡镇" if ranked else ""),
                 f"能评的满分 {points_text(score.judged)} 分；逐项推算见“五好八有”")  # fmt: skip
    table = [[word(g.group.name), points_text(g.points), points_text(g.judged), points_text(board.median(g.group.key)) if board.ranked > 1 else "—"] for g in score.groups]
    show_table(["组", "得分", "能评的满分", "全县中位数"], table)
