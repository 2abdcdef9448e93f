"""A real warehouse in a folder of its own: what is staged comes out of the marts, and only of a published release."""

from __future__ import annotations

import threading
from datetime import date, datetime

import pytest

from pipelines.catalog.load import load_catalog_from_text, read_catalog_text
from pipelines.faults import UserError
from pipelines.warehouse.marts import mart_names
from pipelines.warehouse.reader import open_reader
from pipelines.warehouse.releases import find_store, list_releases, read_current
from pipelines.warehouse.submission import FormRows, Submission
from pipelines.warehouse.writer import hold_lock, open_writer, restore_release
from tests.prepared import prepare

MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)
LONGBA, SHUIPING, COUNTY = "420324107", "420324103", "420324"


def contest(projects, completed, awarded, **more):
    return {"date": MARCH, "union_name": "甲厂", "title": "攻关", "category": "攻关竞赛"} | {
        "projects": projects, "completed": completed, "awarded": awarded,
    } | more  # fmt: skip


def employer(name, workers, members, has_union=True, **more):
    return {"employer": name, "employer_kind": "企业", "covered_units": 1, "workers": workers, "has_union": has_union,
            "members": members, "union_name": f"{name}工会" if has_union else None} | more  # fmt: skip


def form(key, *rows, nil=False):
    return FormRows(key, key, "A1:K9", list(rows), list(range(2, 2 + len(rows))), [key] * len(rows), [{"date": "A"}], nil)


def upload(number, township, period, *forms, sha="x", catalog):
    received = datetime(period.year, period.month + 1, 3, 9)
    return Submission(f"{number:06d}", sha, "月报.xlsx", township, period, received, "测试", catalog.sha256, tuple(forms))


def value(reader, indicator, township=COUNTY, period=MARCH, table="indicator_value"):
    rows = reader.frame(
        f"select * from {table} where indicator = $i and township_code = $t and period = $p",
        {"i": indicator, "t": township, "p": period},
    )
    return rows.iloc[0] if len(rows) else None


def _stage(home, catalog) -> None:
    with open_writer(home, catalog) as writer:
        writer.stage([
            upload(1, LONGBA, MARCH, form("competition", contest(77, 49, 17)), form("register", employer("甲", 30, 28)), catalog=catalog),
            upload(2, SHUIPING, MARCH, form("competition", contest(10, 1, 0)), form("register", employer("乙", 70, 0, False)), catalog=catalog),
        ])  # fmt: skip


@pytest.fixture
def loaded(home, catalog):
    return open_reader(prepare(home, "two townships staged", lambda made: _stage(made, catalog)))


def test_a_county_ratio_is_a_ratio_of_sums(loaded):
    assert float(value(loaded, "comp_done_rate", LONGBA).value) == round(49 / 77, 6)
    assert float(value(loaded, "comp_done_rate").value) == round(50 / 87, 6)
    assert value(loaded, "org_union_rate").light == "red"


def test_a_zero_denominator_is_no_data(loaded):
    row = value(loaded, "mem_rate_units", SHUIPING)
    assert (row.denominator, row.light) == (0, "none")
    assert row.value is None or row.value != row.value


def test_a_form_that_was_not_sent_gives_no_figure(loaded):
    assert value(loaded, "relief_amount") is None


def test_a_nil_return_is_a_zero(home, catalog, loaded):
    with open_writer(home, catalog) as writer:
        writer.stage([upload(3, LONGBA, MARCH, form("relief", nil=True), catalog=catalog)])
    loaded.refresh()
    assert value(loaded, "relief_amount", LONGBA).value == 0


def test_lower_bounds_reach_the_county(home, catalog, loaded):
    with open_writer(home, catalog) as writer:
        row = contest(5, 5, 5, projects_at_least=True)
        writer.stage([upload(3, LONGBA, APRIL, form("competition", row), catalog=catalog)])
    loaded.refresh()
    assert bool(value(loaded, "comp_project_set", period=APRIL).at_least)
    assert not bool(value(loaded, "comp_project_award", period=APRIL).at_least)


def test_flows_add_up_over_the_year_and_stocks_stand(home, catalog, loaded):
    with open_writer(home, catalog) as writer:
        forms = form("competition", contest(3, 1, 1)), form("register", employer("甲", 30, 30), employer("丙", 40, 10))
        writer.stage([upload(3, LONGBA, APRIL, *forms, catalog=catalog)])
    loaded.refresh()
    assert value(loaded, "comp_project_set", LONGBA, APRIL, "indicator_year").value == 80
    assert value(loaded, "comp_project_set", COUNTY, APRIL, "indicator_year").value == 90
    assert value(loaded, "mem_member_total", LONGBA, APRIL, "indicator_year").value == 40


def test_a_new_upload_replaces_only_the_forms_it_holds(home, catalog, loaded):
    with open_writer(home, catalog) as writer:
        writer.stage([upload(3, LONGBA, MARCH, form("competition", contest(77, 60, 17)), catalog=catalog)])
    loaded.refresh()
    assert value(loaded, "comp_project_done", LONGBA).value == 60
    assert value(loaded, "mem_member_total", LONGBA).value == 28
    assert loaded.frame("select count(*) as n from competition_all").n[0] == 3


def test_a_new_indicator_has_figures_for_the_months_before_it(home, catalog, loaded):
    texts = read_catalog_text()
    texts["indicators.toml"] += """
[[indicator]]
code = "comp_attack_projects"
name = "攻关竞赛项目数"
english = "projects of attack contests"
unit = "个"
kind = "flow"
area = "competition"
numerator = { form = "competition", sum = "projects", where = { category = "攻关竞赛" } }
nature = "flow"
direction = "up"
article = "篇六"
definition = "攻关竞赛的项目数合计"
"""
    with open_writer(home, load_catalog_from_text(texts), as_told=True):
        pass
    loaded.refresh()
    assert value(loaded, "comp_attack_projects", LONGBA).value == 77
    assert float(value(loaded, "comp_done_rate").value) == round(50 / 87, 6)


def test_an_error_while_staging_leaves_the_warehouse_as_it_was(home, catalog, loaded):
    broken = form("competition", {"date": "not a date"})
    with pytest.raises(TypeError, match="cannot be converted"), open_writer(home, catalog) as writer:
        writer.stage([upload(3, LONGBA, APRIL, form("register", employer("丁", 9, 9)), broken, catalog=catalog)])
    loaded.refresh()
    assert [r[0] for r in loaded.rows("select submission_id from submission order by 1")] == ["000001", "000002"]


def test_a_reader_stays_on_its_release_until_it_refreshes(home, catalog, loaded):
    with open_writer(home, catalog) as writer:
        writer.stage([upload(3, LONGBA, APRIL, form("register", employer("甲", 30, 30)), catalog=catalog)])
    assert len(loaded.rows("select * from submission")) == 2
    assert loaded.refresh()
    assert len(loaded.rows("select * from submission")) == 3


def test_of_two_threads_that_refresh_at_once_the_slower_does_not_go_back(home, catalog, loaded, monkeypatch):
    asked, go_on, kind = threading.Event(), threading.Event(), type(find_store(home))
    read = kind.read_current

    def read_slowly(store):
        found = read(store)
        if threading.current_thread().name == "slow" and not asked.is_set():
            asked.set()
            go_on.wait(60)
        return found

    def publish(number):
        with open_writer(home, catalog) as writer:
            writer.stage([upload(number, LONGBA, APRIL, form("register", employer("甲", 30, 30)), catalog=catalog)])

    publish(3)
    monkeypatch.setattr(kind, "read_current", read_slowly)
    slow = threading.Thread(target=loaded.refresh, name="slow")
    slow.start()
    assert asked.wait(60)
    publish(4)
    loaded.refresh()
    go_on.set()
    slow.join()
    assert loaded.release == "000003" and len(loaded.rows("select * from submission")) == 4


def test_only_so_many_releases_are_kept(home, catalog, loaded, monkeypatch):
    monkeypatch.setenv("UNION_BOARD_KEEP_RELEASES", "3")
    for number in range(4):
        with open_writer(home, catalog) as writer:
            writer.stage([upload(number + 3, LONGBA, APRIL, form("competition", contest(number, 0, 0)), catalog=catalog)])
    assert [r.id for r in list_releases(home)] == ["000003", "000004", "000005"] and read_current(home) == "000005"
    assert loaded.rows("select count(*) from submission") == [(2,)]  # who still reads a forgotten one is not disturbed


def test_a_release_can_be_brought_back(home, catalog, loaded):
    with open_writer(home, catalog) as writer:
        writer.stage([upload(3, LONGBA, APRIL, form("register", employer("甲", 30, 30)), catalog=catalog)])
    with hold_lock(home):
        restore_release(home, "1")
    assert [r.id for r in list_releases(home)] == ["000001", "000002", "000003"]
    assert read_current(home) == "000003"
    loaded.refresh()
    assert len(loaded.rows("select * from submission")) == 2
    with open_writer(home, catalog) as writer:
        assert writer.read_loaded(0).later == {1, 2}


@pytest.mark.parametrize("sql", ["select * from read_csv('/etc/passwd')", "attach '/tmp/x.duckdb'", "set enable_external_access = true",
                                 "create table t (a int)", "delete from submission"])  # fmt: skip
def test_a_reader_reads_the_release_and_nothing_else(loaded, sql):
    with pytest.raises(Exception, match=r"(?i)access|read-only|locked|disabled"):
        loaded.rows(sql)


def test_an_empty_home_says_what_to_do(home):
    with pytest.raises(UserError, match="还没有任何数据"):
        open_reader(home).rows("select 1")


def test_every_mart_names_its_grain_and_ends_on_its_last_step():
    for path in mart_names().values():
        lines = path.read_text("utf-8").strip().splitlines()
        assert lines[0].startswith("-- One row per "), path
        assert lines[-1].startswith("select * from "), path


def test_the_forms_can_be_read_in_a_release(loaded):
    assert loaded.frame("select * from competition where township_code = $t", {"t": LONGBA}).projects.tolist() == [77]

