"""The kinds of warnings that are kept with an upload: the code of each, and its word."""

from __future__ import annotations

KINDS = {
    "at_most_item": "多于月报数", "change_within": "与上月相差大", "empty_form": "没有数据行", "error_cell": "表外有公式错误", "expected_in": "应有而没有", "guessed_kind": "单位类型是推断的",
    "hidden": "有隐藏的内容", "joined": "几张表合在一起", "magnitude": "与前几个月相差万倍", "members_moved": "会员人数接不上", "missing_item": "月报缺项",
    "missing_value": "漏填", "more_than": "大小关系不对", "no_self_check": "没有自查", "not_all_equal": "两列处处相同", "not_copied": "与上月完全相同",
    "not_zero": "应当为零", "other_month": "别的月份", "per_head": "人均数不寻常", "private_column": "不该上报的号码列", "private_number": "不该上报的号码",
    "share_differs": "百分比不符", "text_denies": "自查与问题不符", "total_differs": "合计不符", "uncached_formula": "表外的公式没有算出", "unit_slip": "元和万元可能弄混", "unknown_block": "不认得的内容",
    "unknown_column": "不认得的列", "unknown_item": "不认得的指标", "unknown_sheet": "不认得的工作表", "unknown_union": "名册里没有的工会",
    "year_change_within": "与上年同月相差大", "year_to_date": "本年累计不符",
}  # fmt: skip
