"""The catalogue that comes with the code is whole, and every kind of fault in one is named with file and key."""

from __future__ import annotations

import pytest

from pipelines.catalog.check import check_catalog
from pipelines.catalog.load import load_catalog, load_catalog_from_text, read_catalog_text
from pipelines.catalog.names import find_township, fold, split_unit
from pipelines.catalog.period import due_date, format_period, name_period, parse_period, parse_period_range, shift_period
from pipelines.faults import UserError
from pipelines.home import CODE_CATALOG
from pipelines.intake.locate.rows import read_words

NINE = ["register", "standards", "relief", "competition", "safety", "rights", "activity", "monthly", "issues"]


def test_the_shipped_catalogue_has_no_fault_and_nine_forms(catalog):
    assert check_catalog(read_catalog_text()) == []
    assert [f.key for f in catalog.forms] == NINE
    assert len(catalog.county.townships) == 15
    assert {t.year for t in catalog.targets} == {2025, 2026}
    assert [len(s.items) for s in catalog.standards if s.active] == [8, 6, 5]


@pytest.mark.parametrize(
    ("file", "old", "new", "key"),
    [
        ("forms/relief.toml", '"发放日期"', '"姓名"', "column.recipient_name.aliases"),
        ("forms/relief.toml", 'type = "money"', 'type = "cash"', "column.amount.type"),
        ("rules.toml", 'left = "rectified"', 'left = "mended"', "rule.safety.mended.left"),
        ("rules.toml", 'value = "20..50000"', 'value = "20-50000"', "rule.relief.amount.value"),
        ("rules.toml", 'right = "mem_worker_female"', 'right = "women"', "rule.register.women_members.right"),
        ("matrix.toml", 'form = "competition"', 'form = "contest"', "block.contest.劳动竞赛"),
        ("matrix.toml", 'category = "金秋助学"', 'category = "助学"', "block.relief.金秋助学.set.category"),
        ("forms/monthly.toml", 'at_most = "mig_child"', 'at_most = "nobody"', "item.mig_child_drop"),
        ("indicators.toml", 'sum = "covered_units"', 'sum = "covered"', "org_unit_total.numerator"),
        ("indicators.toml", 'sum = "covered_units"', 'sum = "employer"', "org_unit_total.numerator"),
        ("indicators.toml", 'category = "攻关竞赛"', 'category = "攻坚竞赛"', "comp_project_set.numerator.where.category"),
        ("indicators.toml", 'code = "org_unit_unionized"', 'code = "org_unit_total"', "org_unit_total"),
        ("targets.toml", 'indicator = "org_union_rate"', 'indicator = "org_rate"', "org_rate.2025"),
        ("standards.toml", 'field = "has_seal"', 'field = "has_stamp"', "eight_haves.has_seal"),
        ("county.toml", 'name = "水坪镇"', 'name = "县河镇"', "township.420324104"),
        ("domain_items.toml", 'place = "indicator:org_union_rate"', 'place = "indicator:none"', "org_union_rate"),
        ("privacy.toml", "least = 3", "least = 0", "small_counts.least"),
        ("bulletin.toml", '"org_unit_total", ', '"org_unit_all", ', "section[1].indicators"),
        ("bulletin.toml", 'leading = "org_union_rate"', 'leading = "mem_new"', "section[1].leading"),
        ("bulletin.toml", 'key = "members"', 'key = "organisation"', "section[2].key"),
        ("privacy.toml", '"monthly:hon_may_medal"', '"monthly:nobody"', "small_counts.public"),
        ("privacy.toml", "units =", "unit =", "small_counts.unit"),
        ("overview.toml", 'finder = "hazard"', 'finder = "danger"', "attention.danger.finder"),
        ("overview.toml", "最长 {days} 天", "最长 {day} 天", "attention.3.words"),
        ("overview.toml", '"mig_child_drop", "right_petition"', '"nobody"', "attention.4.indicators"),
        ("overview.toml", 'indicator = "relief_amount"', 'indicator = "relief"', "card.relief"),
        ("overview.toml", "least = 10", 'least = "10"', "attention.unreviewed.least"),
        ("peers.toml", 'size = "mem_worker_total"', 'size = "workers"', "size"),
        ("peers.toml", "least = 10", "least = 0", "least"),
        ("peers.toml", "safe_fix_rate = 5", "safe_rate = 5", "least_of.safe_rate"),
        ("peers.toml", "[least_of]", '[[group]]\nname = "甲"\ntownships = ["1"]\n[least_of]', "group.甲"),
        ("words.toml", "total =", "total", "TOML"),
        ("words.toml", 'yes = [', 'yess = [', "yes"),
        ("calendar.toml", '"2026-04-07"', '"2026年4月7日"', "moved.2026-03"),
        ("forms/relief.toml", 'aliases = ["发放日期", "时间"]', 'aliases = "时间"', "column.date.aliases"),
        ("indicators.toml", 'numerator = { form = "register", sum = "covered_units" }', 'numerator = "covered_units"', "indicator.org_unit_total.numerator"),
        ("county.toml", "[[township]]", "[township]", "TOML"),
        ("calendar.toml", "deadline_day = 5", "deadline_day = 31", "deadline_day"),
        ("forms/relief.toml", "required = true", "requird = true", "column.date.requird"),
        ("forms/relief.toml", 'header = "日期", ', "", "column.date.header"),
        ("forms/relief.toml", 'nature = "flow"', "", "form.nature"),
        ("forms/relief.toml", '"送温暖"', '"竞赛台账"', "form.aliases"),
        ("rules.toml", 'left = "rectified"\noperator = "<="', 'left = "rectified"\noperator = "=<"', "rule.safety.rectified.operator"),
        ("forms/register.toml", '"模范" = "县级模范"', '"模范" = "区级模范"', "column.home_grade.choice_aliases"),
        ("indicators.toml", 'form = "register"', 'form = "registry"', "org_unit_total.numerator"),
        ("indicators.toml", 'indicator_code = "archive_done"', 'indicator_code = "archive"', "archive_rate.numerator.where.indicator_code"),
        ("indicators.toml", 'has_union = true', 'has_union = "是"', "org_unit_unionized.numerator.where.has_union"),
        ("indicators.toml", '">=" = 25', '"≥" = 25', "org_unit_should.numerator.where.workers"),
        ("indicators.toml", 'direction = "up"', 'direction = "upward"', "org_unit_unionized.direction"),
        ("indicators.toml", 'unit = "家"', "", "org_unit_total.unit"),
        ("targets.toml", "value = 0.9", 'value = "90%"', "org_union_rate.2025.value"),
        ("targets.toml", "year = 2025", "year = 2026", "org_union_rate.2026"),
        ("standards.toml", 'level = "union"', 'level = "village"', "eight_haves.level"),
        ("domain_items.toml", ', place = "indicator:org_village_union"', "", "org_village_union"),
    ],
)
def test_a_fault_is_named_with_file_and_key(file, old, new, key):
    texts = read_catalog_text()
    assert old in texts[file]
    texts[file] = texts[file].replace(old, new, 1)
    faults = check_catalog(texts)
    assert (file, key) in [(f.file, f.key) for f in faults]
    with pytest.raises(UserError, match=r"指标目录有"):
        load_catalog_from_text(texts)


def test_a_new_indicator_is_one_block(catalog):
    texts = read_catalog_text()
    texts["indicators.toml"] += """
[[indicator]]
code = "relief_hardship"
name = "生活救助金额"
english = "hardship relief"
unit = "元"
kind = "flow"
area = "relief"
nature = "flow"
numerator = { form = "relief", sum = "amount", where = { category = "生活救助" } }
"""
    assert load_catalog_from_text(texts).indicator("relief_hardship").numerator.where[0].value == "生活救助"


def test_every_alias_belongs_to_one_column_of_its_form(catalog):
    for form in catalog.forms:
        spellings = [fold(a) for c in form.columns for a in {c.header, *c.aliases}]
        assert len(spellings) == len(set(spellings)), form.key


def test_all_faults_are_told_at_once(catalog):
    texts = read_catalog_text()
    texts["targets.toml"] = texts["targets.toml"].replace('"home_rate"', '"house_rate"')
    texts["rules.toml"] = texts["rules.toml"].replace('left = "rectified"', 'left = "mended"')
    assert {f.file for f in check_catalog(texts)} == {"targets.toml", "rules.toml"}


def test_the_forms_hold_every_column_of_the_contract_and_ask_for_no_more(catalog):
    needed = {f.key: {c.key for c in f.columns if c.required} for f in catalog.forms}
    assert needed == {
        "register": {"employer", "employer_kind", "workers", "has_union"},
        "standards": {"union_name"},
        "relief": {"date", "union_name", "category", "recipient_kind", "recipients", "amount"},
        "competition": {"date", "union_name", "title", "category"},
        "safety": {"date", "union_name", "category"},
        "rights": {"date", "union_name", "category", "cases"},
        "activity": {"date", "union_name", "category"},
        "monthly": set(),
        "issues": {"problem", "measure", "owner", "due", "status"},
    }
    assert [len(f.columns) for f in catalog.forms] == [17, 16, 10, 12, 15, 9, 9, 5, 8]
    assert [sum(i.expected for i in catalog.monthly_items), len(catalog.monthly_items)] == [24, 45]


def test_a_township_may_have_a_target_of_its_own_and_the_county_as_a_whole_another(catalog):
    mine = {t.township_code: t.value for t in catalog.targets if t.indicator == "cult_event" and t.year == 2026}
    assert mine == {"": 6, "420324": 90}


@pytest.mark.parametrize("text", ["龙坝镇", "龙坝", "龙坝 镇", "龙坝镇总工会", "龙坝镇工会委员会", "竹溪县龙坝镇工会联合会", "420324107"])
def test_a_township_is_found_under_its_names(catalog, text):
    assert find_township(catalog, text).code == "420324107"


def test_a_stranger_is_no_township(catalog):
    assert find_township(catalog, "吴坝村") is None


@pytest.mark.parametrize("text", ["2026-03", "2026年3月", "202603", "2026/3"])
def test_a_month_has_many_spellings(text):
    assert format_period(parse_period(text)) == "2026-03"


def test_months_move_and_have_names(catalog):
    march = parse_period("2026-03")
    assert name_period(march) == "2026年3月"
    assert format_period(shift_period(march, -3)) == "2025-12"
    assert [format_period(p) for p in parse_period_range("2025-11..2026-03")] == ["2025-11", "2026-03"]
    assert parse_period_range("2026-03..2025-11") is None
    assert due_date(catalog, march).isoformat() == "2026-04-07"
    assert due_date(catalog, parse_period("2026-05")).isoformat() == "2026-06-05"
    assert due_date(catalog, parse_period("2025-09")).isoformat() == "2025-10-09"


def test_units_in_brackets_are_split_off():
    assert split_unit("金额（万元）") == ("金额", "万元")
    assert split_unit("件(次)数") == ("件(次)数", "")


def test_files_that_are_no_utf_8_are_named_and_a_mark_before_the_first_letter_is_not_read(tmp_path):
    for name in ("targets.toml", "places.csv"):
        (tmp_path / name).write_bytes("# 竹溪县".encode("gbk"))
    with pytest.raises(UserError, match=r"2 个文件不是 UTF-8.*places.csv、.*targets.toml"):
        load_catalog(overlay=tmp_path)
    (tmp_path / "places.csv").unlink()
    (tmp_path / "targets.toml").write_bytes(b"\xef\xbb\xbf" + (CODE_CATALOG / "targets.toml").read_bytes())
    assert load_catalog(overlay=tmp_path).targets == load_catalog().targets


def test_a_catalogue_of_before_reads_without_words_for_nothing_and_with_colons_behind_feet():
    texts = read_catalog_text()
    lines = [line for line in texts["words.toml"].splitlines() if not line.startswith("nothing = ")]
    old = load_catalog_from_text(texts | {"words.toml": "\n".join(lines).replace('"备注", "注",', '"备注：", "注：",')})
    words = read_words(old)
    assert words.nothing == frozenset() and words.footer.match("备注:略") and not words.footer.match("备注栏")
