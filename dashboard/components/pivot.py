"""The choice of a pivot: rows, columns, and what is counted or added up."""

from __future__ import annotations

import streamlit as st

from dashboard.routes import PIVOT
from dashboard.selection import pick, pick_many, write_address
from pipelines.reports.pivot import AGGREGATES, MOST_ROWS, Pivot

KEYS = ("by", "across", "measure", "aggregate")  # in the address of the page
NONE = "不分列"
BY_AGGREGATE = {name: key for key, name in AGGREGATES.items()}


def choose_pivot(names: dict[str, str], groups: list[str], numbers: list[str]) -> Pivot | None:
    """Draws the choice; `names` are the headings of `groups` and `numbers`. None where no rows are chosen: the table as it is."""
    keys = {names[k]: k for k in (*groups, *numbers)}
    grouped, counted = [names[g] for g in groups], [names[n] for n in numbers]
    with st.container(key="pivot", horizontal=True, vertical_alignment="bottom"):
        rows = pick_many("透视：行（不选就是原表）", grouped, "by", max_selections=MOST_ROWS, placeholder="例如：乡镇")
        if not rows:
            write_address(*KEYS)
            return None
        across = pick("列", [NONE, *(g for g in grouped if g not in rows)], "across")
        aggregate = pick("算法", list(BY_AGGREGATE) if counted else [AGGREGATES["count"]], "aggregate")
        measure = pick("数", counted, "measure") if BY_AGGREGATE[aggregate] != "count" else ""
    write_address(*KEYS)
    how = BY_AGGREGATE[aggregate]
    return Pivot(tuple(keys[r] for r in rows), keys.get(across, ""), keys.get(measure, ""), how)


def pivot_words(pivot: Pivot | None) -> dict[str, str]:
    """The pivot as the export route reads it."""
    return dict(zip(PIVOT, (",".join(pivot.rows), pivot.columns, pivot.measure, pivot.aggregate), strict=True)) if pivot else {}
