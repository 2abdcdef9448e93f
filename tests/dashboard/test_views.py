"""Every view runs, with nothing loaded and with the demo county, and says what the warehouse says."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.shell import HIDDEN, PAGES
from dashboard.views.explore import column_names
from pipelines.reports.table import list_tables, table_columns
from pipelines.warehouse.reader import open_reader

VIEWS = [(path, show) for group in [*PAGES.values(), HIDDEN] for path, _, show in group]


def run_view(path: str) -> AppTest:
    """The view alone, as the shell calls it."""
    source = f"from dashboard.cached import PAGE\nfrom dashboard.views import {path}\nwith PAGE:\n    {path}.show()\n"
    return AppTest.from_string(source, default_timeout=60).run()


def words(app: AppTest) -> str:
    """All the HTML that the view drew itself."""
    return " ".join(str(block.proto.body) for block in app.get("html"))


@pytest.mark.parametrize("path", [p for p, _ in VIEWS])
def test_a_view_without_data_says_what_to_do(home, path):
    app = run_view(path)
    assert not app.exception
    assert any(said in words(app) for said in ("还没有数据", "放入第一份月报", "还没有账号"))


@pytest.mark.parametrize("path", [p for p, _ in VIEWS])
def test_a_view_shows_the_demo(demo_home, path):
    app = run_view(path)
    assert not app.exception
    assert "演示数据" in words(app)
    assert "finding" in words(app)


def test_the_overview_tells_the_warehouse_s_figure(demo_home):
    value = open_reader(demo_home).rows(
        "select value from indicator_value where indicator = 'org_union_rate' and township_code = '420324' order by period desc limit 1"
    )[0][0]
    assert f"建会率 {float(value) * 100:.1f}%" in words(run_view("overview"))


def test_a_chosen_township_changes_the_finding(demo_home):
    app = run_view("overview")
    app.selectbox(key="township").set_value("水坪镇").run()
    assert not app.exception
    assert "水坪镇建会率" in words(app)


@pytest.mark.parametrize("path", ["relief", "competition", "safety", "coverage", "standards"])
def test_the_year_s_reading_runs_for_a_township(demo_home, path):
    app = run_view(path)
    app.selectbox(key="reading").set_value("本年累计").run()
    app.selectbox(key="township").set_value("龙坝镇").run()
    assert not app.exception


def test_every_column_of_every_table_has_a_chinese_heading(demo_home, catalog):
    reader = open_reader(demo_home)
    for table in list_tables(catalog):
        names = column_names(catalog, table, table_columns(reader, catalog, table))
        assert not [key for key, name in names.items() if name == key]
