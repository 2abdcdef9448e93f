"""What would lift a township's score most, and the trial: so many more of something, and the score it would be."""

from __future__ import annotations

from fractions import Fraction
from html import escape

import streamlit as st

from dashboard.cached import find_catalog, lifts_of, lifts_of_all
from dashboard.components.page import show_section
from dashboard.components.standing_link import standing_link
from dashboard.links import view_address
from dashboard.selection import Selection
from pipelines.scoring.board import Board, Standing
from pipelines.scoring.figure import source_of, with_change
from pipelines.scoring.lift import Lift, try_change
from pipelines.scoring.words import plain, points_text, source_name, unit_of, value_text

MOST, TOWNSHIPS = 3, 6  # shown of one township's, and of all
NAMES = {"coverage": "看走访名单", "competition": "看竞赛", "safety": "看隐患", "rights": "看维权", "relief": "看帮扶"}


def _moved(lift: Lift) -> str:
    unit = "%" if lift.before.denominator is not None else ""
    return f"{source_name(find_catalog(), lift.source)} {value_text(lift.before.value, unit)} → {value_text(lift.after.value, unit)}"


def _item(selection: Selection, lift: Lift, place: str) -> str:
    link = f'　<a class="plain" href="{escape(view_address(lift.item.link, selection, place))}" target="_self">{NAMES.get(lift.item.link, "去看看")}</a>' if lift.item.link else ""
    return f'<li><b class="gain">+{plain(lift.gain)}<small> 分</small></b><span><b>{escape(lift.words)}。</b>{escape(_moved(lift))}{link}</span></li>'


def show_lifts(selection: Selection, standing: Standing) -> tuple[Lift, ...]:
    """The three best ways; gives all of them."""
    lifts = lifts_of(standing)
    words = "一二三"[len(lifts[:MOST]) - 1] if lifts else ""
    show_section(f"最能提分的{words}件事" if lifts else "没有可以马上提分的事", "按“少做一步、多得几分”排列" if lifts else "能算的都已满分，或还没有数据")
    if lifts:
        st.html(f'<ul class="lifts">{"".join(_item(selection, x, standing.township) for x in lifts[:MOST])}</ul>')
    return lifts


def show_county_lifts(selection: Selection, board: Board) -> None:
    """The best single thing of each township, the most worthwhile first."""
    found = [(standing, next(iter(lifts), None)) for standing, lifts in lifts_of_all(selection, board.rubric.key)]
    best = sorted((pair for pair in found if pair[1]), key=lambda pair: -pair[1].worth)[:TOWNSHIPS]
    show_section("各乡镇最值得先做的一件事", "每个乡镇一件，按“少做一步、多得几分”排列")
    items = [f'<li><b class="gain">+{plain(x.gain)}<small> 分</small></b><span>{standing_link(selection, s)}'
             f"　<b>{escape(x.words)}。</b>{escape(_moved(x))}</span></li>" for s, x in best]  # fmt: skip
    st.html(f'<ul class="lifts">{"".join(items)}</ul>')


def _sources(board: Board, standing: Standing) -> dict[str, str]:
    """Name -> figure of everything that the rubric counts and the township has."""
    blocks = [b for i in board.rubric.items for b in (i, *i.deduct)] + [d for g in board.rubric.groups for d in g.deduct]
    wanted = dict.fromkeys(source_of(b) for b in blocks)
    return {source_name(find_catalog(), s): s for s in wanted if s in standing.figures}


def _unit(board: Board, source: str) -> str:
    blocks = [b for i in board.rubric.items for b in (i, *i.deduct) if source_of(b) == source]
    return unit_of(find_catalog(), blocks[0]) if blocks else ""


def try_words(board: Board, standing: Standing, source: str, number: float) -> str:
    """What the score would be, in one sentence; a change that nothing follows from says so."""
    change = Fraction(str(number))
    score = try_change(standing.score, standing.figures, standing.marks, source, change)
    before, after = (f[source].value for f in (standing.figures, with_change(standing.figures, source, change)))
    unit = _unit(board, source)
    unit = "%" if standing.figures[source].denominator is not None else unit
    moved = f"{source_name(find_catalog(), source)}从 {value_text(before, unit)} 变为 {value_text(after, unit)}"
    if score.total is None or standing.score.total is None:
        return f"{moved}；还没有可以评的分。"
    gain = score.total - standing.score.total
    told = f"{'加' if gain > 0 else '减'} {plain(abs(gain))} 分，" if gain else "分数不变，"
    return f"{moved}；{told}得 {points_text(score.total)} 分。"


@st.fragment
def show_trial(board: Board, standing: Standing, lifts: tuple[Lift, ...]) -> None:
    """Choose a figure and a number; the score follows at once."""
    sources = _sources(board, standing)
    if not sources:
        return
    show_section("试算：如果再多做一些，会得几分", "率按分子加减，例如建会率填 3 就是再建会 3 家；减少填负数；只算给您看，不保存")
    first = source_name(find_catalog(), lifts[0].source) if lifts else next(iter(sources))
    left, middle, right = st.columns([2, 1, 4], vertical_alignment="bottom")
    name = left.selectbox("哪个指标", list(sources), index=list(sources).index(first) if first in sources else 0, key=f"trial_figure {standing.township_code}")
    near = next((float(x.change) for x in lifts if x.source == sources[name]), 1.0)
    number = middle.number_input("再加多少", value=near, step=1.0, format="%g", key=f"trial_number {standing.township_code} {name}")
    right.html(f'<div class="hint">{escape(try_words(board, standing, sources[name], number))}</div>')
