"""A cell that a correction changed tells both words, who wrote them and why; its row tells its version and who approved it."""

from __future__ import annotations

from urllib.parse import quote

from pipelines.intake.load import load_bytes
from pipelines.warehouse.cell_versions import find_changed
from pipelines.warehouse.reader import open_reader
from pipelines.warehouse.trace import Place, read_rows
from pipelines.workflow import review
from tests.dashboard.opening import open_address, words
from tests.workflow.conftest import MARCH, TOWN, bring, events, newest


def _rows(home, catalog):
    reader, measure = open_reader(home), catalog.indicator("cult_join").numerator
    rows = read_rows(reader, catalog, measure, Place("month", MARCH, TOWN))
    return rows, find_changed(reader, catalog, measure, rows)


def test_a_corrected_cell_keeps_both_words_with_who_and_why(home, catalog):
    bring(home, catalog, "approved")
    (row,), changed = _rows(home, catalog)
    assert (row.value, row.version, row.versions, changed) == (60, 1, 1, [])
    assert row.approved_by and row.action == "approve"
    load_bytes(home, catalog, "二.xlsx", events(75), correction="票据后到", by="赵")
    (row,), (one,) = _rows(home, catalog)
    assert (row.value, row.version, row.versions, row.file, row.sent_by, row.approved_by) == (75, 2, 2, "二.xlsx", "赵", None)
    first, last = one.versions
    assert (first.said, last.said, last.sent_by, last.reason, first.reason) == ("60", "75", "赵", "票据后到", None)
    assert first.cell == last.cell == row.cell
    review.approve(home, catalog, [newest(home)], "王干事")
    (row,), _ = _rows(home, catalog)
    assert (row.approved_by, row.action) == ("王干事", "approve")


def test_the_page_shows_both_words(home, catalog):
    bring(home, catalog, "approved")
    load_bytes(home, catalog, "二.xlsx", events(75), correction="票据后到", by="赵")
    (row,), _ = _rows(home, catalog)
    told = words(open_address(f"/trace?indicator=cult_join&period=2026年3月&township={quote(row.township)}&union={quote(row.union)}"))
    assert "1 个单元格改过" in told and "票据后到" in told and ">60<" in told and ">75<" in told and "第 2 版，共 2 版" in told


def test_a_correction_that_is_taken_back_is_told_too(home, catalog):
    bring(home, catalog, "approved")
    load_bytes(home, catalog, "二.xlsx", events(75), correction="票据后到", by="赵")
    load_bytes(home, catalog, "三.xlsx", events(60), correction="还是原数", by="赵")
    (row,), (one,) = _rows(home, catalog)
    assert row.version == 3 and [s.said for s in one.versions] == ["60", "75", "60"]
