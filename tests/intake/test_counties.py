"""A file of a home of many counties is read with its county's catalogue: by the code in it, or where it was uploaded."""

from __future__ import annotations

import shutil
from datetime import date

import pytest

from pipelines.catalog.load import load_catalog
from pipelines.catalog.narrow import narrow_catalog
from pipelines.home import Home
from pipelines.intake.load import check_files, load_files
from pipelines.warehouse.reader import open_reader

MONTH = date(2026, 10, 1)


@pytest.fixture
def counties(province, home) -> Home:
    """An empty home with the demo province's places."""
    shutil.copytree(province.overlay, home.overlay)
    return home


def workbook(province, county: str):
    """The demo's October workbook of the county's 城关镇."""
    return next((province.demo / "2026-10").glob(f"{county}城关镇2026年10月工会月报.xlsx"))


def csv_of(tmp_path, title: str):
    """A list of relief whose title alone tells the township."""
    path = tmp_path / "帮扶.csv"
    path.write_text(f"{title}2026年10月帮扶救助台账\n日期,单位名称,救助类别,救助对象,人数,金额\n2026-10-12,东岭村工会,医疗救助,困难职工,1,500\n", "utf-8")
    return path


def test_the_code_in_the_cover_tells_two_townships_of_one_name_apart(province, counties):
    catalog = load_catalog(overlay=counties.overlay)
    report = load_files(counties, catalog, [workbook(province, "临溪县"), workbook(province, "望江县")])
    assert [(f.status, f.township_code) for f in report.files] == [("loaded", "990101100"), ("loaded", "990102100")]


def test_a_county_s_upload_is_the_county_s_and_leaves_the_others_places_alone(province, counties):
    catalog = narrow_catalog(load_catalog(overlay=counties.overlay), "990102")
    assert load_files(counties, catalog, [workbook(province, "望江县")]).files[0].township_code == "990102100"
    assert open_reader(counties).rows("select count(*) from township") == [(13,)]
    refused = load_files(counties, catalog, [workbook(province, "临溪县")]).files[0]
    assert refused.status == "refused" and any("不是望江县的乡镇" in p.message for p in refused.problems)


def test_a_name_alone_is_understood_in_its_county_only(counties, tmp_path):
    catalog = load_catalog(overlay=counties.overlay)
    path = csv_of(tmp_path, "城关镇")
    assert check_files(counties, catalog, [path]).files[0].township_code is None
    assert check_files(counties, narrow_catalog(catalog, "990102"), [path]).files[0].township_code == "990102100"
