"""Writes the sample pack `data/samples/seven-summaries`: workbooks that carry every figure of seven published work summaries.

Run as `python -m pipelines.demo.samples`; the workbooks are tracked, as is `seven-summaries-figures.csv`, the list of the figures and of the export in which each is found.
Where a summary leaves a number blank, the cell says so honestly: `1以上` for an unnamed number of households, `0以上` for an unnamed sum.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from pipelines.catalog.load import load_catalog
from pipelines.home import ROOT
from pipelines.reports.template import write_template

FOLDER = ROOT / "data" / "samples" / "seven-summaries"
PERIOD = date(2025, 12, 1)
ON = date(2025, 12, 20)
Rows = Sequence[Mapping[str, object]]


def _union(employer: str, **more: object) -> dict[str, object]:
    """A register row; the summaries name no head counts, so one worker and one member stand for each union."""
    row = {"employer": employer, "employer_kind": "其他", "covered_units": 1, "workers": 1, "has_union": True, "union_name": f"{employer}工会", "members": 1}
    return row | more


def _row(union: str, category: str, **more: object) -> dict[str, object]:
    return {"date": ON, "union_name": union, "category": category, **more}


def _relief(union: str, category: str, kind: str, recipients: object, amount: object) -> dict[str, object]:
    return _row(union, category, recipient_kind=kind, recipients=recipients, amount=amount)


def _item(code: str, value: object) -> dict[str, object]:
    return {"indicator_code": code, "value": value}


def _second(catalog) -> dict[str, Rows]:
    union = "城关镇工会"
    return {
        "activity": [
            _row(union, "会议活动", title="工会会议", times=2),
            _row(union, "法律宣传", title="法律法规知识彩页", participants="120余"),
            _row(union, "知识竞赛", title="工会知识问答考试", times=1),
            _row(union, "走访谈心", title="职工谈心", participants=1),
            _row(union, "报刊订阅", title="报刊杂志", items=3),
        ]
    }


def _fourth(catalog) -> dict[str, Rows]:
    village = "吴坝村"
    answers = {item.field: True for s in catalog.standards if s.level == "union" for item in s.items}
    return {
        "register": [_union(village, employer_kind="村(社区)", is_model_site=True)],
        "standards": [{"union_name": f"{village}工会", **answers}],
        "relief": [_relief(f"{village}工会", "送温暖慰问", "困难职工", "1以上", 20000)],
        "safety": [{"date": "零报告"}],
        "monthly": [_item("mig_child_drop", 0)],
    }


def _sixth(catalog) -> dict[str, Rows]:
    names = [f"基层单位{n}" for n in "一二三四五六"]
    grades = {0: "省级模范", 1: "县级模范"}
    return {
        "register": [_union(name, home_grade=grades.get(n, "无")) for n, name in enumerate(names)],
        "activity": [
            _row(f"{names[0]}工会", "文体活动", title="文艺汇演", items=24),
            _row(f"{names[0]}工会", "阵地建设", title="荣誉室和塑胶地面", cost="100000余"),
        ],
    }


def _seventh(catalog) -> dict[str, Rows]:
    names = ["市场部", "机加车间", "特飞所"]
    union = f"{names[1]}工会"
    return {
        "register": [_union(name, directly_elected=True) for name in names],
        "competition": [
            _row(union, "攻关竞赛", title="技术攻关", projects=77, completed=49, awarded=17),
            _row(union, "班组创优竞赛", title="岗位创优", teams=13),
            _row(union, "创记录竞赛", title="生产承揽销售新记录", winners=47),
            _row(union, "技能大赛", title="职工职业技能大赛", participants=56, winners=12),
        ],
        "safety": [_row(union, "安全哨兵活动", commended=24)],
        "rights": [
            _row(union, "职工代表培训", cases=2),
            _row(union, "职代会", cases=1),
            _row(union, "提案议案", cases=108, excellent=9),
        ],
        "relief": [
            _relief(union, "送温暖慰问", "困难职工", 278, "100000余"),
            _relief(union, "女职工安康保险", "女职工", 732, 14640),
            _relief(union, "专项慰问", "其他", 59, 22500),
            _relief(union, "医疗互助保险", "劳模", 35, "0以上"),
            _relief(union, "办实事", "其他", "230余", "0以上"),
        ],
        "activity": [
            _row(union, "职工活动室", title="新建职工活动室", items=3),
            _row(union, "职工书屋", title="新建职工书屋", items=2),
        ],
        "monthly": [
            _item(code, value)
            for code, value in (("eval_meeting", 3), ("eval_suggest", 28), ("eval_adopt", 15), ("hon_branch", 19), ("hon_cadre", 20), ("hon_may_medal", 2))
        ],
    }


PACK = {"篇二": ("420324100", _second), "篇四": ("420324107", _fourth), "篇六": ("420324103", _sixth), "篇七": ("420324101", _seventh)}


def write_samples() -> list[Path]:
    """Writes one workbook per summary that has figures; returns their paths."""
    catalog = load_catalog()
    paths = []
    for article, (code, rows) in PACK.items():
        township = catalog.township(code)
        path = FOLDER / f"{article}（{township.name}2025年12月工会月报）.xlsx"
        paths.append(write_template(path, catalog, township, PERIOD, {"monthly": [], **rows(catalog)}, "样例"))
    return paths


if __name__ == "__main__":
    print("\n".join(map(str, write_samples())))
