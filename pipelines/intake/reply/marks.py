"""What a wrong cell looks like, and how an earlier mark is told and taken away."""

from __future__ import annotations

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.comments import Comment
from openpyxl.styles import Border, PatternFill, Side
from openpyxl.styles.borders import DEFAULT_BORDER
from openpyxl.worksheet.worksheet import Worksheet

from pipelines.faults import EXPLAIN, SEVERITIES

FIRST_LINE = "【核对提示】"
OWN_NOTE = "【原有批注】"
COLOURS = {"error": "FDE9E7", "warning": "FFF4D6"}
EDGE = "B42318"
LONGEST_NOTE = 8_000

_FILLS = {severity: PatternFill("solid", fgColor=f"FF{colour}", bgColor=f"FF{colour}") for severity, colour in COLOURS.items()}
_EDGES = Border(*[Side("thin", color=f"FF{EDGE}")] * 4)


def clean(text: str | None) -> str:
    """The text without what a workbook cannot hold."""
    return ILLEGAL_CHARACTERS_RE.sub("", (text or "").encode("utf-8", "replace").decode())


def severity_of(problem: dict[str, str | None]) -> str:
    """error or warning."""
    return "error" if problem["severity"] == "error" else "warning"


def word_of(problem: dict[str, object]) -> str:
    """必须修改, 请核对 or 请说明原因."""
    return EXPLAIN if problem.get("explain") else SEVERITIES[severity_of(problem)]


def _fit(comment: Comment) -> Comment:
    """A box that shows the whole text: Excel does not scroll a note, and openpyxl forgets how large it was."""
    height = 20 + 16 * sum(1 + len(line) // 24 for line in comment.text.splitlines())
    comment.width, comment.height = 320, min(max(height, 79), 600)
    return comment


def _note(problems: list[dict[str, str | None]], own: str) -> Comment:
    lines = [FIRST_LINE]
    ordered = sorted(problems, key=severity_of)
    for problem, after in zip(ordered, [*ordered[1:], None], strict=True):
        lines.append(f"{word_of(problem)}：{clean(problem['message'])}")
        if after is None or after["remedy"] != problem["remedy"]:  # the same advice for several problems is given once
            lines.append(f"怎么改：{clean(problem['remedy'])}")
    if own:
        lines += [OWN_NOTE, own]
    return _fit(Comment("\n".join(lines)[:LONGEST_NOTE], "核对"))


def set_mark(cell: Cell, problems: list[dict[str, str | None]]) -> None:
    """Colours a cell and notes its problems; a note of the sender's own is kept below."""
    wrong = any(severity_of(p) == "error" for p in problems)
    cell.fill = _FILLS["error" if wrong else "warning"]
    if wrong:
        cell.border = _EDGES
    cell.comment = _note(problems, cell.comment.text if cell.comment else "")


def _is_ours(cell: Cell) -> bool:
    return cell.comment.text.lstrip().startswith(FIRST_LINE)


def _ends_with(colour: object, wanted: str) -> bool:
    return colour is not None and isinstance(colour.rgb, str) and colour.rgb.upper().endswith(wanted)


def _clear_mark(cell: Cell) -> None:
    _, _, own = cell.comment.text.partition(f"\n{OWN_NOTE}\n")
    cell.comment = _fit(Comment(own, cell.comment.author or "")) if own else None
    if any(_ends_with(cell.fill.fgColor, colour) for colour in COLOURS.values()):
        cell.fill = PatternFill()
    if _ends_with(cell.border.left and cell.border.left.color, EDGE):
        cell.border = DEFAULT_BORDER


def clear_marks(page: Worksheet) -> None:
    """Takes away the marks of an earlier copy that was mended and sent back."""
    for cell in [c for c in page._cells.values() if isinstance(c, Cell) and c.comment]:
        if _is_ours(cell):
            _clear_mark(cell)
        else:
            _fit(cell.comment)
