"""Tables: the board's own for reading, and the folded twin of a chart for checking."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import pandas
import streamlit as st

from dashboard.level_words import say
from pipelines.reports.numbers import count, is_missing

MARKS = "标记"  # the twin's column with 暂 and 订
ROWS = "明细"  # the twin's column that opens a line
MOST = 1000  # rows of a twin: a country's list of 120,000 took half a minute and forty megabytes to send


def word(value: object) -> str:
    """A cell of words, escaped; — where there are none."""
    return "—" if is_missing(value) or value == "" else escape(str(value))


def number(value: object) -> str:
    """A cell with a count; — where there is none."""
    return "—" if is_missing(value) else count(value)


def day(value: object) -> str:
    """A cell with a date, which stays on one line; — where there is none."""
    return "—" if is_missing(value) else f'<span class="day">{value:%Y-%m-%d}</span>'


def table_html(headers: list[str], rows: list[list[str]], chosen: set[int] | None = None, text: tuple[int, ...] = (0,), caption: str = "") -> str:
    """A table of ready-made cells; `text` are the columns that hold words, cells may be HTML and must be escaped by the caller."""
    head = "".join(f'<th scope="col"{" class=text" if i in text else ""}>{say(h)}</th>' for i, h in enumerate(headers))
    body = "".join(
        f"<tr{' class=chosen' if n in (chosen or set()) else ''}>" + "".join(_cell(c, i in text) for i, c in enumerate(row)) + "</tr>"
        for n, row in enumerate(rows)
    )
    title = f"<caption>{escape(say(caption))}</caption>" if caption else ""
    return f'<div class="scroll" tabindex="0" role="group" aria-label="表格，可左右滚动"><table class="board">{title}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _cell(cell: str, is_text: bool) -> str:
    if cell.startswith(("<td", "<th")):
        return cell
    return f"<td{' class=text' if is_text else ''}>{cell}</td>"


def show_table(headers: list[str], rows: list[list[str]], chosen: set[int] | None = None, text: tuple[int, ...] = (0,), caption: str = "") -> None:
    """Draws a table."""
    st.html(table_html(headers, rows, chosen, text, caption))


def _as_read(values: pandas.Series) -> pandas.Series:
    """A column of a twin: of one whose heading names its unit no more than two decimals, and never −0."""
    if not pandas.api.types.is_float_dtype(values):
        return values
    return (values.round(2) if str(values.name).endswith("）") else values) + 0.0


def _number_column(values: pandas.Series) -> dict:
    """How the column's numbers are written: with two decimals all of them where one of a named unit has any."""
    broken = str(values.name).endswith("）") and bool((values.dropna() % 1 != 0).any())
    return st.column_config.NumberColumn(format="localized", step=0.01 if broken else None)


def show_twin(frame: pandas.DataFrame, headers: dict[str, str], title: str, addresses: Sequence[str | None] | None = None) -> None:
    """The figures behind a chart, folded away, the first MOST of them; `headers` maps column to heading with unit, `addresses` open each line (`figure_link.py`)."""
    with st.expander(f"查看数据表：{say(title)}"):
        if len(frame) > MOST:
            st.caption(f"这里列前 {count(MOST)} 行；全部 {count(len(frame))} 行请到“明细导出”取。")
            frame = frame.head(MOST)
        shown = frame[list(headers)].rename(columns={key: say(header) for key, header in headers.items()}).apply(_as_read)
        if "marks" in frame and frame.marks.astype(bool).any():
            shown[MARKS] = frame.marks
        if addresses is not None and any(addresses):
            shown[ROWS] = [address or "" for address in addresses][:MOST]  # an empty one is no figure that is missing
        numbers = {h: _number_column(shown[h]) for h in shown.columns if pandas.api.types.is_numeric_dtype(shown[h])}
        numbers[ROWS] = st.column_config.LinkColumn(display_text="打开")
        st.dataframe(shown, hide_index=True, column_config=numbers, row_height=35, placeholder="无数据")
