"""Small workbooks for the tests of the intake, written the way a clerk's would be."""

from __future__ import annotations

import io
from pathlib import Path

import xlsxwriter

UNION = "西关社区工会"
YES = ["是"] * 14
GOOD = {
    "单位与工会名册": [["单位名称", "单位类型", "职工人数", "是否建会", "工会名称", "会员人数", "女会员人数"], ["西关社区", "村(社区)", 40, "是", UNION, 30, 12]],
    "规范化建设自查表": [
        ["工会名称", "有组织机构", "有阵地", "有公章", "有制度", "有牌子", "有经费", "有活动", "有档案", "工会委员会", "经费审查委员会", "女职工委员会",
         "劳动争议调解委员会", "劳动法律监督委员会", "劳动保护监督检查委员会"],
        [UNION, *YES],
    ],
    "帮扶救助台账": [
        ["日期", "发放单位", "救助类别", "对象类别", "姓名", "身份证号", "人次(户)", "金额（元）"],
        ["2026-03-05", UNION, "送温暖慰问", "困难职工", "张某某", "11010519491231002X", 1, 500],
        ["2026-03-08", UNION, "办实事", "其他", "", "", "230余件", "10万余元"],
    ],
    "劳动竞赛台账": [["日期", "单位", "竞赛名称", "竞赛类别", "立项数", "完成数", "获奖项目数"], ["2026-03-09", UNION, "攻关", "攻关竞赛", 77, 49, 17]],
    "安全生产台账": [["日期", "单位", "类型", "发现隐患数", "整改隐患数"], ["2026-03-10", UNION, "隐患排查", 5, 5]],
    "维权与民主管理台账": [["日期", "单位", "事项类别", "件(次)数", "办结(采纳)数"], ["2026-03-11", UNION, "提案议案", 108, 100]],
    "活动与服务台账": [["日期", "单位", "类别", "名称", "参加人次"], ["2026-03-12", UNION, "文体活动", "东塔杯", 60]],
    "乡镇月报": [["指标代码", "指标名称", "计量单位", "本月数", "本年累计"], ["", "留守学生数", "人", 56, "—"], ["", "留守学生辍学数", "人", 0, ""]],
    "问题与计划": [["问题", "整改措施", "责任岗位", "计划完成日期", "状态"], ["档案不齐", "补齐", "办公室", "2026-06-30", "进行中"]],
}  # fmt: skip


def workbook(sheets: dict[str, list[list]] | None = None, *, cover: tuple[str, str] | None = ("城关镇", "2026-03"), lead: int = 0) -> bytes:
    """The bytes of a workbook; `lead` puts blank title rows above each table."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target)
    if cover:
        page = book.add_worksheet("封面")
        page.write_row(0, 0, ["填报单位", cover[0]])
        page.write_row(1, 0, ["报送月份", cover[1]])
    for name, rows in (GOOD if sheets is None else sheets).items():
        page = book.add_worksheet(name)
        for number, row in enumerate(rows):
            page.write_row(number + lead, 0, row)
    book.close()
    return target.getvalue()


def save(folder: Path, name: str, content: bytes) -> Path:
    """Writes a file and gives its path."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)
    return folder / name
