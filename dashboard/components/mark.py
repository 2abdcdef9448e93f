"""The two marks of a figure that may still change or has changed, the same wherever a figure stands; `figures.sql` says which figures have them."""

from __future__ import annotations

MARKS = {"暂": "暂用数：乡镇已报，县总工会还没有审核通过，可能会改", "订": "订正数：审核通过以后改过，原值和原因在“明细导出”的“订正记录”里"}
LEGEND = "；".join(f"{sign}　{words}" for sign, words in MARKS.items())


def mark_html(marks: object) -> str:
    """The signs behind a figure; nothing where there are none."""
    signs = [sign for sign in str(marks or "").split("、") if sign in MARKS]
    return "".join(f'<sup class="mark" title="{MARKS[sign]}">{sign}</sup>' for sign in signs)


def mark_text(marks: object) -> str:
    """The same for the text of a chart: ` 暂`."""
    return f" {marks}" if marks and isinstance(marks, str) else ""
