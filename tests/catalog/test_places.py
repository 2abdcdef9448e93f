"""The places of a home, what each has of its own, and every kind of fault in both."""

from __future__ import annotations

import pytest

from pipelines.catalog.check import check_catalog, parse_file
from pipelines.catalog.load import load_catalog_from_text, read_catalog_text
from pipelines.catalog.names import find_township
from pipelines.catalog.narrow import catalog_of_township, narrow_catalog
from pipelines.catalog.places import FILE

PLACES = """code,name,level,parent
99,青岚省,province,
9901,云川市,city,99
990101,临溪县,county,9901
990101100,城关镇,township,990101
990101101,柳河镇,township,990101
9902,澄江市,city,99
990201,望江县,county,9902
990201100,城关镇,township,990201
"""
RATE = "org_union_rate"


def target(value: float, year: int = 2026, code: str = "") -> str:
    """A file of targets with one of the union rate."""
    return f'[[target]]\nindicator = "{RATE}"\nyear = {year}\nvalue = {value}\nsource = "文件"\ntownship_code = "{code}"\n'


def texts(**more: str) -> dict[str, str]:
    """The code's catalogue with these places; `__` in a name stands for `/`, and `.toml` is added."""
    return read_catalog_text() | {FILE: PLACES} | {f"places/{name.replace('__', '/').strip('_')}.toml": text for name, text in more.items()}


def held(catalog, code: str) -> list[tuple[float, int]]:
    """(value, year) of the union rate's targets that hold for every place in this one."""
    return [(t.value, t.year) for t in narrow_catalog(catalog, code).targets if t.indicator == RATE and not t.township_code]


def test_a_county_without_the_file_is_the_root_with_its_townships(catalog):
    tree = catalog.places
    assert not tree.is_deep() and tree.root.code == catalog.county.code and len(tree.places) == 16
    assert narrow_catalog(catalog, catalog.county.code) is catalog


def test_each_place_is_the_county_of_its_children():
    catalog = load_catalog_from_text(texts())
    assert [t.name for t in catalog.county.townships] == ["城关镇", "柳河镇", "城关镇"]
    assert [t.name for t in narrow_catalog(catalog, "99").county.townships] == ["云川市", "澄江市"]
    assert [t.code for t in narrow_catalog(catalog, "990101").county.townships] == ["990101100", "990101101"]
    assert [p.name for p in catalog.places.path("990201100")] == ["青岚省", "澄江市", "望江县", "城关镇"]
    assert catalog.places.holds("9901", "990101101") and not catalog.places.holds("9902", "990101101")


def test_what_is_read_of_a_file_once_stays_as_it_was_read():
    files = texts(**{"9901__targets": target(0.8), "990101__county": '[[township]]\ncode = "990101101"\nname = "柳河镇"\naliases = ["柳河"]\n'})
    check_catalog(files)
    narrow_catalog(load_catalog_from_text(files), "990101")
    assert all(parse_file(name, text) == parse_file.__wrapped__(name, text) for name, text in files.items())


def test_a_name_that_two_counties_have_needs_the_county():
    catalog = load_catalog_from_text(texts())
    assert find_township(catalog, "城关镇") is None
    assert find_township(catalog, "柳河镇总工会").code == "990101101"
    assert find_township(catalog, "望江县城关镇").code == "990201100"
    assert find_township(narrow_catalog(catalog, "990201"), "城关镇").code == "990201100"
    assert catalog_of_township(catalog, "990201100").county.name == "望江县"


def test_targets_come_from_the_nearest_place_that_sets_any():
    common = [(t.value, t.year) for t in load_catalog_from_text(texts()).targets if t.indicator == RATE and not t.township_code]
    catalog = load_catalog_from_text(texts(_9901__targets=target(0.8), _990101__targets=target(0.7, 2025)))
    assert held(catalog, "99") == held(catalog, "990201") == common
    assert held(catalog, "9901") == [(0.8, 2026)]
    assert held(catalog, "990101") == [(0.7, 2025)]


def test_a_county_s_own_spellings_and_groups_are_its_own():
    alias = '[[alias]]\nform = "relief"\nkey = "amount"\nheader = "发放数"\n'
    peers = 'size = "mem_worker_total"\ngroups = ["大", "小"]\nleast = 5\n[[group]]\nname = "川上"\ntownships = ["990101100"]\n'
    catalog = load_catalog_from_text(texts(_990101__aliases=alias, _990101__peers=peers))
    assert [a.header for a in narrow_catalog(catalog, "990101").aliases] == ["发放数"] and not narrow_catalog(catalog, "990201").aliases
    assert narrow_catalog(catalog, "990101").peers.own == (("990101100", "川上"),)
    assert narrow_catalog(catalog, "990201").peers.groups == catalog.peers.groups


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("code,name", "name,code", "第一行要写"),
        ("990101,临溪县,county,9901", "990101,临溪县,shire,9901", "不认识级别“shire”"),
        ("9902,澄江市,city,99", "9901,澄江市,city,99", "代码重复"),
        ("9902,澄江市,city,99", "9902,澄江市,city,", "只有第一行可以没有上级"),
        ("990201,望江县,county,9902", "990201,望江县,county,9903", "上级“9903”要写在它前面"),
        ("9902,澄江市,city,99", "9902,澄江市,city,990101", "级别要低于上级"),
        ("990201100", "99020110", "乡镇代码应为 9 位"),
        ("990101101,柳河镇", "990101101,城关镇", "同一上级下已有“城关镇”"),
        ("9902,澄江市,city,99", "9902,,city,99", "四列"),
    ],
)
def test_a_fault_of_the_places_is_named_with_its_line(old, new, message):
    assert old in PLACES
    faults = check_catalog(read_catalog_text() | {FILE: PLACES.replace(old, new)})
    assert any(f.file == FILE and message in f.message for f in faults)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("_9909__targets", target(0.5), "没有这个乡镇以上的地方"),
        ("_990101__rules", "", "只能有自己的"),
        ("_990101__targets", target(0.5, code="990201100"), "没有乡镇“990201100”"),
        ("_990101__targets", target(0.5).replace("value", "worth"), "不认识的项"),
        ("_990101__peers", 'size = "mem_worker_total"\ngroups = ["大"]\nleast = 0\n', "1 以上的整数"),
    ],
)
def test_a_fault_of_a_place_s_own_files_is_named_with_the_file(name, text, message):
    faults = check_catalog(texts(**{name: text}))
    assert any(f.file.startswith("places/99") and message in f.message for f in faults)


def test_every_township_of_the_country_is_read():
    counties = [f"{n // 100:02d}{n % 100:02d}01" for n in range(1000, 3900)]
    lines = ["code,name,level,parent", "0,全国,country,"]
    for county in counties:
        lines += [f"{county},县{county},county,0", *(f"{county}{n:03d},镇{n},township,{county}" for n in range(14))]
    catalog = load_catalog_from_text(read_catalog_text() | {FILE: "\n".join(lines)})
    assert len(catalog.county.townships) == 2900 * 14
    assert len(narrow_catalog(catalog, "0").county.townships) == 2900
    assert find_township(catalog, "县100001镇3").code == "100001003"
