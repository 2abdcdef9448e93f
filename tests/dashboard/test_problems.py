"""The words about a refused file that a clerk pastes into the group chat."""

from __future__ import annotations

from dashboard.components.problems import sentence
from pipelines.intake.load import check_bytes
from tests.intake.build import workbook


def test_the_sentence_for_colleagues_joins_the_faults_as_one_sentence(home, catalog):
    report = check_bytes(home, catalog, "空表.xlsx", workbook({}, cover=None))
    errors = [p for p in report.problems if p.severity == "error"]
    told = sentence(report, errors)
    assert told.startswith("工会月报有 3 处要改") and told.endswith("文件里没有找到任何一张月报的表。谢谢！")
    assert all(p.message.rstrip("。") in told for p in errors) and "。；" not in told
