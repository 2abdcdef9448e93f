"""The rubrics and contradictions that ship are right, and every slip in one is named with its place."""

from __future__ import annotations

import pytest

from pipelines.catalog.check import check_catalog
from pipelines.catalog.load import read_catalog_text
from pipelines.catalog.scoring import find_rubric

RUBRIC, AGAINST, EXAMPLE = "scoring.toml", "contradictions.toml", "rubrics/hundred_points.toml"
UNION_RATE = "five_goods.2024.organisation.union_rate"


def test_the_default_is_in_force_and_the_example_beside_it_is_not(catalog):
    assert find_rubric(catalog.rubrics, 2026).key == "five_goods"
    assert find_rubric(catalog.rubrics, 2026, "hundred_points").full == 100
    assert find_rubric(catalog.rubrics, 2023) is None
    kinds = {i.kind for r in catalog.rubrics for i in r.items}
    assert kinds == {"steps", "floor", "flat", "deduct", "manual"}


@pytest.mark.parametrize(
    "file, old, new, key, said",
    [
        (RUBRIC, '"org_union_rate"', '"nothing"', f"{UNION_RATE}.indicator", "没有指标“nothing”"),
        (RUBRIC, "[[0.9, 8], [0.85, 6], [0.8, 4]]", "[[0.9, 8], [0.9, 6]]", f"{UNION_RATE}.steps", "台阶重叠"),
        (RUBRIC, "[[0.9, 8], [0.85, 6], [0.8, 4]]", "[[0.9, 6], [0.85, 8]]", f"{UNION_RATE}.steps", "越好的台阶分要越高"),
        (RUBRIC, "[[0.9, 8], [0.85, 6], [0.8, 4]]", "[[0.9, 7], [0.85, 6]]", f"{UNION_RATE}.steps", "与满分 8 不符"),
        (RUBRIC, "[[0.9, 8], [0.85, 6], [0.8, 4]]", "[0.9, 8]", f"{UNION_RATE}.steps", "台阶要写成"),
        (RUBRIC, "[[0.9, 8], [0.85, 6], [0.8, 4]]", "5", f"{UNION_RATE}.steps", "台阶要写成"),
        (RUBRIC, "full = 8, steps = [[0.9, 8]", "full = 9, steps = [[0.9, 9]", "five_goods.2024.organisation.full", "各项满分合计 21"),
        (RUBRIC, "full = 100", "full = 101", "five_goods.2024.full", "各组满分合计 100"),
        (RUBRIC, '"再建会 {n} 家"', '"再建会"', f"{UNION_RATE}.lift", "要有一个 {n}"),
        (RUBRIC, '"再建会 {n} 家"', '"再建会 {n 家"', f"{UNION_RATE}.lift", "要有一个 {n}"),
        (RUBRIC, 'kind = "steps", indicator = "org_union_rate"', 'kind = "stairs", indicator = "org_union_rate"', f"{UNION_RATE}.kind", "不认识“stairs”"),
        (RUBRIC, 'indicator = "org_union_rate", full', 'indicator = "org_union_rate", fact = "hazards_overdue", full', f"{UNION_RATE}.indicator", "也只能写一个"),
        (RUBRIC, 'indicator = "org_union_rate", full', 'colour = "red", indicator = "org_union_rate", full', f"{UNION_RATE}.colour", "不认识的项"),
        (RUBRIC, '"eight_haves_verified", full', '"eight", full', "five_goods.2024.premises.eight_haves.indicator", "没有“eight”这个数"),
        (RUBRIC, 'key = "member_rate"', 'key = "union_rate"', "five_goods.2024.organisation.union_rate", "项目重复"),
        (RUBRIC, "every = 0.3, points", "every = 0, points", "five_goods.2024.organisation.direct_election.every", "都要大于 0"),
        (RUBRIC, "every = 5, points", "every = 0, points", "five_goods.2024.premises.archives.deduct.1", "都要大于 0"),
        (RUBRIC, "first_year = 2024", "first_year = 2024\nlast_year = 2020", "five_goods.2024.last_year", "早于 2024 年起"),
        (RUBRIC, "cap = 59", "cap = 100", "five_goods.2024.veto.false_figures.cap", "在 0 和总分之间"),
        (RUBRIC, 'first_year = 2024', 'first_year = "2024"', "five_goods.2024.first_year", "写法不对"),
        (EXAMPLE, 'of = "increase"', 'of = "growing"', "hundred_points.2024.organisation.growth.of", "不认识“growing”"),
        (EXAMPLE, 'indicator = "mem_member_total", of = "increase"', 'indicator = "mem_new", of = "increase"', "hundred_points.2024.organisation.growth.of", "只能用月末存量指标"),
        (EXAMPLE, "capped = true\n", "", "hundred_points.2024.organisation.full", "请写 capped = true"),
        (AGAINST, 'claim = "has_activities"', 'claim = "has_fun"', "contradiction.no_activity_year.claim", "没有“has_fun”"),
        (AGAINST, 'forms = ["activity"]', 'forms = ["issues"]', "contradiction.no_activity_year.forms", "不是记到工会的台账"),
        (AGAINST, 'right = "fund_paid"', 'right = "fund_lost"', "contradiction.nothing_received.right", "没有“fund_lost”"),
        (AGAINST, 'verdict = "doubt"\nreason = "{left}', 'verdict = "deny"\nreason = "{left}', "contradiction.archives_missing.verdict", "不能据以否定某一个工会"),
        (AGAINST, "缺 {gap} 份", "缺 {lack} 份", "contradiction.archives_missing.reason", "不认识“{lack}”"),
        (AGAINST, 'field = "has_member_files"', 'field = "members"', "contradiction.no_files.field", "这个是否列"),
    ],
)  # fmt: skip
def test_a_slip_is_named_with_its_place(file, old, new, key, said):
    texts = read_catalog_text()
    assert old in texts[file]
    faults = check_catalog(texts | {file: texts[file].replace(old, new, 1)})
    assert any(f.file == file and f.key == key and said in f.message for f in faults), faults


def test_only_one_way_of_scoring_is_in_force_in_a_year():
    texts = read_catalog_text()
    faults = check_catalog(texts | {EXAMPLE: texts[EXAMPLE].replace("\nactive = false", "")})
    assert [(f.file, f.key) for f in faults] == [(RUBRIC, "five_goods.2024.active")]  # the later of the two files is told
    assert "同一年只能起用一个" in faults[0].message
