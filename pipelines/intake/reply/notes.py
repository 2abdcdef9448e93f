"""What the marked copy says of a cell, and the rows of its list; the same for every way of drawing it."""

from __future__ import annotations

from dataclasses import dataclass

LIST_SHEET = "错误清单"
FIRST_LINE = "【核对提示】"  # by it a comment of ours is known again
FILLS = {"error": "FDE9E7", "warning": "FFF4D6"}
BORDERS = {"error": "B42318", "warning": "B54708"}
HEADERS = ("序号", "工作表", "单元格", "级别", "写的是", "问题", "怎么改")
WIDTHS = (6, 20, 9, 12, 20, 60, 50)
COMMENT_SIZE = (320, 120)  # pixels


@dataclass(frozen=True, slots=True)
class Mark:
    """One cell's colour and comment."""

    severity: str
    text: str


def _rank(problem: dict) -> int:
    return 0 if problem["severity"] == "error" else 1


def level_of(problem: dict) -> str:
    """必须修改, 请说明原因 or 请核对."""
    return "必须修改" if problem["severity"] == "error" else "请说明原因" if problem.get("explain") else "请核对"


def list_rows(problems: list[dict]) -> list[tuple[str, ...]]:
    """The rows below the list's headers, errors first."""
    ordered = sorted(problems, key=_rank)
    return [
        (str(n), p["sheet"] or "整个文件", p["cell"] or "", level_of(p), p["found"] or "", p["message"], p["remedy"])
        for n, p in enumerate(ordered, 1)
    ]  # fmt: skip


def marks_by_cell(problems: list[dict]) -> dict[str, dict[str, Mark]]:
    """Sheet -> address -> mark; several problems of one cell share one comment and the graver colour."""
    grouped: dict[str, dict[str, list[dict]]] = {}
    for problem in sorted(problems, key=_rank):
        if problem["sheet"] and problem["cell"]:
            grouped.setdefault(problem["sheet"], {}).setdefault(problem["cell"], []).append(problem)
    return {
        sheet: {cell: Mark(found[0]["severity"], "\n".join([FIRST_LINE, *(f"{level_of(p)}：{p['message']}{p['remedy']}" for p in found)])) for cell, found in cells.items()}
        for sheet, cells in grouped.items()
    }
