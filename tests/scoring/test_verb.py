"""The verb `score`: totals, derivation, files, JSON, and what it says to wrong use."""

from __future__ import annotations

import csv
import json
import re

import openpyxl
import pytest

from pipelines.commandline.main import main
from pipelines.reports.scores import COLUMNS


def run(capsys, *words: str) -> tuple[int, str, str]:
    code = main(["score", *words])
    told = capsys.readouterr()
    return code, told.out, told.err


def test_the_derivation_adds_up_to_the_total(demo_home, capsys):
    code, out, _ = run(capsys, "--period", "2026-09", "--township", "龙坝镇", "--json")
    told = json.loads(out)
    (place,) = told["townships"]
    assert code == 0 and len(told["items"]) == 20
    assert place["total"] == pytest.approx(sum(i["points"] for i in told["items"] if i["points"] is not None))
    assert place["self_total"] == pytest.approx(sum(i["self_points"] for i in told["items"]))
    code, text, _ = run(capsys, "--period", "2026-09", "--township", "龙坝镇")
    for item in told["items"]:
        assert f"{item['item_name']} " in text and item["derivation"] in text
    assert "可以提分：" in text and "档案数" in text and "自评" in text


def test_all_townships_stand_in_order_of_rank(demo_home, capsys):
    _, out, _ = run(capsys, "--period", "2026-10")
    lines = out.splitlines()
    assert len(lines) == 16
    assert [lines[1].endswith("名") or "第 1 名" in lines[1], "可评的不足，不排名" in lines[-1]] == [True, True]
    assert "无数据或待评" in lines[-1]


def test_a_trial_is_the_score_with_so_many_more(demo_home, capsys):
    run(capsys, "--period", "2026-09", "--township", "龙坝镇", "--json")
    _, out, _ = run(capsys, "--period", "2026-09", "--township", "龙坝镇", "--what-if", "org_union_rate=100", "--json")
    told = json.loads(out)
    rate = next(i for i in told["items"] if i["item"] == "union_rate")
    assert told["what_if"][0]["total"] == told["townships"][0]["total"] + rate["full"] - rate["points"]


def test_the_file_has_a_row_for_each_item_and_empty_cells_for_no_data(demo_home, capsys, tmp_path):
    code, _, _ = run(capsys, "--period", "2026-10", "--out", str(tmp_path / "s.csv"))
    rows = list(csv.DictReader((tmp_path / "s.csv").open(encoding="utf-8-sig")))
    assert code == 0 and tuple(rows[0]) == tuple(COLUMNS) and len(rows) == 300
    absent = next(r for r in rows if r["township"] == "桃源乡" and r["item"] == "union_rate")
    assert absent["points"] == "" and "无数据" in absent["derivation"]


def test_the_workbook_says_columns_and_codes_in_chinese(demo_home, capsys, tmp_path):
    assert run(capsys, "--period", "2026-10", "--out", str(tmp_path / "s.xlsx"))[0] == 0
    heading, *rows = openpyxl.load_workbook(tmp_path / "s.xlsx").worksheets[0].iter_rows(values_only=True)
    assert len(set(heading)) == len(COLUMNS) and not [h for h in heading if re.search("[A-Za-z_]", h)]
    assert len(rows) == 300 and not {v for row in rows for v in row if isinstance(v, bool) or re.search("[A-Za-z_]", str(v or ""))}
    assert {row[heading.index("封顶")] for row in rows} == {"是", "否"}


@pytest.mark.parametrize(
    "words, said",
    [
        (["--rubric", "nothing"], "没有“nothing”这个评分办法"), (["--period", "2030-01"], "还没有任何乡镇报送"), (["--what-if", "org_union_rate=1"], "试算要写明乡镇"),
        (["--township", "龙坝镇", "--what-if", "org_union_rate=x"], "看不懂"), (["--township", "龙坝镇", "--what-if", "nothing=1"], "没有“nothing”这个数"), (["--township", "某镇"], "没有乡镇"),
    ],
)  # fmt: skip
def test_wrong_use_is_told_with_its_remedy(demo_home, capsys, words, said):
    code, out, err = run(capsys, *words)
    assert (code, out) == (2, "") and said in err


def test_nothing_loaded_is_told(home, capsys):
    code, _, err = run(capsys)
    assert code == 2 and "还没有任何数据" in err
