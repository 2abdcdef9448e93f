"""The bulletin as a page that prints on two sheets of A4: one file, no script, nothing fetched."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pipelines.catalog.period import name_period
from pipelines.reports.bulletin.facts import Bulletin, Line
from pipelines.reports.bulletin.wording import MARKS, WORDS, amount, tell_head, tell_part, tell_returns
from pipelines.reports.numbers import change
from pipelines.warehouse.decision import STATES

ROWS = 15  # of the table of all figures: two to a row, so that both pages hold


def _townships(bulletin: Bulletin) -> list[tuple[str, list[dict | None], str]]:
    parts = [p for p in bulletin.parts if p.leading]
    cells = {(p.township, n): {"light": p.light, "text": amount(p.value, part.leading.unit, p.at_least)} for n, part in enumerate(parts) for p in part.places}
    return [(r.township, [cells.get((r.township, n)) for n in range(len(parts))], STATES[r.state]) for r in bulletin.returns]


def _pairs(bulletin: Bulletin) -> list[tuple[Line, Line | None]]:
    leading = {p.section.leading for p in bulletin.parts}
    lines: list[Line | None] = [line for part in bulletin.parts for line in part.lines if line.indicator not in leading and line.target is None][: 2 * ROWS]
    lines += [None] * (len(lines) % 2)
    half = len(lines) // 2
    return list(zip(lines[:half], lines[half:], strict=True))


def make_page(bulletin: Bulletin) -> tuple[str, bytes]:
    """Name and content of the bulletin as .html."""
    environment = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    text = environment.get_template("page.html").render(
        b=bulletin,
        said=[tell_head(bulletin), *map(tell_part, bulletin.parts)],
        returns=tell_returns(bulletin),
        parts=[p for p in bulletin.parts if p.leading],
        townships=_townships(bulletin),
        pairs=_pairs(bulletin),
        amount=amount,
        change=change,
        lights=WORDS,
        marks=MARKS,
    )
    return f"{bulletin.title}{name_period(bulletin.period)}.html", bulletin.words.say(text).encode()
