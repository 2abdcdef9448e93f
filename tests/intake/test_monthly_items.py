"""乡镇月报: money in the row's own unit, counts whole, yes or no as such; what an item cannot be is refused."""

from __future__ import annotations

import pytest

from pipelines.intake.load import check_bytes, load_bytes
from pipelines.warehouse.reader import open_reader
from tests.intake.build import workbook

MONEY = "应收工会经费"


@pytest.mark.parametrize(
    ("head", "row", "above"),
    [
        (["指标名称", "计量单位", "本月数"], [MONEY, "万元", 1.2], []),
        (["指标名称", "计量单位", "本月数"], [MONEY, "（万元）", "1.2"], []),
        (["指标名称", "本月数（万元）"], [MONEY, 1.2], []),
        (["指标名称", "本月数"], [MONEY, 1.2], [["单位：万元  填报时间：3月31日"]]),
        (["指标名称", "本月数"], [MONEY, "1.2万"], []),
        (["指标名称", "计量单位", "本月数"], [MONEY, "元", 12000], []),
    ],
)
def test_money_is_stored_in_yuan_whatever_its_row_is_in(home, catalog, head, row, above):
    load_bytes(home, catalog, "月报.xlsx", workbook({"乡镇月报": [*above, head, row, ["留守学生数", *["人"] * (len(head) - 2), 56]]}))
    assert open_reader(home).rows("select indicator_code, unit, value from monthly order by 1") == [("fund_due", "元", 12000), ("mig_child", "人", 56)]


def test_a_row_whose_unit_is_not_that_of_the_table_is_asked_about(catalog):
    rows = [["单位：万元"], ["指标名称", "计量单位", "本月数"], [MONEY, "元", 1.2], ["实收工会经费", "", 1.2]]
    report = check_bytes(None, catalog, "月报.xlsx", workbook({"乡镇月报": rows}))
    assert [(p.code, p.cell) for p in report.problems if p.severity == "error"] == [("unit_clash", "C3")]


@pytest.mark.parametrize(
    ("item", "cell", "code"),
    [("评论员意见采纳数", "95%", "wrong_unit"), ("温馨服务站数", "有", "not_a_number"), ("常年外出务工人数", 2.5, "not_whole"), ("空巢老人数", "3000元", "wrong_unit"), ("联席办公制度", 5, "not_yes_no")],
)
def test_what_an_item_cannot_be_is_refused_at_its_cell(catalog, item, cell, code):
    report = check_bytes(None, catalog, "月报.xlsx", workbook({"乡镇月报": [["指标名称", "本月数", "本年累计"], [item, cell, ""], ["留守学生数", 56, "—"]]}))
    assert [(p.code, p.cell) for p in report.problems if p.severity == "error"] == [(code, "B2")]


@pytest.mark.parametrize(("cell", "value"), [("是", 1), ("√", 1), (1, 1), ("无", 0), ("否", 0), (0, 0)])
def test_yes_and_no_are_one_and_nought(home, catalog, cell, value):
    load_bytes(home, catalog, "月报.xlsx", workbook({"乡镇月报": [["指标名称", "本月数"], ["联席办公制度", cell], ["空巢老人数", "120余"]]}))
    assert open_reader(home).rows("select value from monthly where indicator_code = 'safe_joint_office'") == [(value,)]
    assert open_reader(home).rows("select value, value_at_least from monthly where indicator_code = 'mig_elder'") == [(120, True)]
