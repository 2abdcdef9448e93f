"""Where a township's month stands, in colour, shape and word: the same everywhere."""

from __future__ import annotations

from dashboard.components.light import light_html
from pipelines.warehouse.decision import STATES

LIGHTS = {"missing": "none", "submitted": "amber", "resubmitted": "amber", "returned": "red", "approved": "green", "locked": "green"}
SHORT = {"missing": "未报", "submitted": "待审", "resubmitted": "重报", "returned": "退回", "approved": "通过", "locked": "锁定"}
LEGEND = "● 通过、锁定　▲ 待审、重报　■ 退回　○ 未报；小字：迟 迟报，补 补报，零 零报告，订 订正"


def state_html(row: object, short: bool = False) -> str:
    """The light of a row of `submission_status`, with what stands beside the state in small words."""
    words = SHORT[row.state] if short else STATES[row.state]
    if not short and row.state == "resubmitted":
        words = f"重报待审（第 {row.resubmissions} 次）"
    marks = [w for w, is_so in (("补", row.supplementary), ("迟", row.status == "late" and not row.supplementary), ("零", row.nil_return), ("订", row.corrected)) if is_so]
    more = f" <small>{'·'.join(marks)}</small>" if marks else ""
    return light_html(LIGHTS[row.state], words) + more
