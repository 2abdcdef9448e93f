"""What stands over the columns of tables that people read: the form's own headers, and these over all others."""

from __future__ import annotations

from pipelines.catalog.model import Form

HEADINGS = {
    "township_code": "乡镇代码", "township": "乡镇", "period": "月份", "submission_id": "回执号", "source_file": "来源文件", "source_sheet": "工作表",
    "source_row": "行", "indicator": "指标", "indicator_name": "指标名称", "numerator": "分子", "denominator": "分母", "value": "值", "at_least": "是否下限", "target": "目标",
    "attainment": "完成度", "pace": "按进度应达", "light": "灯", "status": "状态", "received_at": "收到时间", "due": "期限", "on_time": "按时", "versions": "版本数",
    "forms": "表数", "nil_forms": "零报告表数", "union_name": "工会", "standard": "标准", "standard_name": "标准名称", "item": "项目", "item_name": "项目名称",
    "met": "做到", "reported": "已自查", "sort_order": "次序", "severity": "级别", "code": "类别", "sheet": "工作表", "cell": "单元格", "field": "列",
    "found": "写的是", "message": "说明", "remedy": "办法", "position": "第几处", "explanation": "说明的原因", "sequence": "序号", "previous": "前一条指纹", "hash": "指纹", "happened_at": "时间", "actor": "经办", "action": "动作", "subject": "对象", "detail": "说明",
    "state": "审核状态", "resubmissions": "重报次数", "nil_return": "零报告", "supplementary": "补报", "corrected": "订正", "correction": "订正原因", "reminders": "催报次数",
    "reminded_at": "最近催报", "times_returned": "退回次数", "return_reason": "退回原因", "decided_by": "审核人", "decided_at": "审核时间",
    "open_warnings": "待核对处数", "explained_warnings": "已说明处数", "revised": "有订正", "old_value": "原值", "new_value": "现值", "old_numerator": "原分子",
    "new_numerator": "现分子", "old_denominator": "原分母", "new_denominator": "现分母", "reason": "原因", "revised_at": "订正时间", "revised_by": "订正人",
    "not_applicable": "填了不适用的列", "as_written": "原来的写法", "suppressed": "隐去的小数",
}  # fmt: skip
_BESIDE = {"": "", "_at_least": "（下限）", "_masked": "（掩码）", "_hash": "（散列）"}  # what is stored of a form's column


def form_headings(form: Form) -> dict[str, str]:
    """Column -> heading, of what is stored of the form's own columns."""
    return {f"{column.key}{end}": f"{column.header}{word}" for column in form.columns for end, word in _BESIDE.items()}
