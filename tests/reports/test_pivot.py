"""Pivots: every cell is what SQL says, totals fit, headings are safe, and a file holds exactly that."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route
from starlette.testclient import TestClient

from dashboard.guard import Guard
from dashboard.routes import export_table
from dashboard.settings import Settings
from pipelines.faults import UserError
from pipelines.reports.pivot import Pivot, list_pivot_columns, read_pivot
from pipelines.reports.table import Selection
from pipelines.warehouse.reader import open_reader

MONTHS = (date(2026, 9, 1), date(2026, 10, 1))
RELIEF = Selection("relief", MONTHS)


def test_each_cell_is_the_sum_of_its_rows_and_the_totals_fit(demo, catalog):
    reader = open_reader(demo)
    rows = read_pivot(reader, catalog, RELIEF, Pivot(("township",), "category", "amount", "sum")).read_all().to_pylist()
    told = dict(reader.rows("""select (t.township, r.category), sum(amount) from relief as r join township as t using (township_code)
        where period between '2026-09-01' and '2026-10-01' group by 1"""))
    cells = {(r["township"], k): v for r in rows[:-1] for k, v in r.items() if k not in ("township", "合计") and v is not None}
    assert {(k[0], k[1]): v for k, v in told.items()} == cells
    assert rows[-1]["township"] == "合计" and rows[-1]["合计"] == sum(cells.values()) == sum(r["合计"] for r in rows[:-1])


def test_the_file_is_the_pivot_with_its_filter(demo_home, catalog):
    app = Starlette(routes=[Route("/export/{name}", export_table)], middleware=[Middleware(Guard, Settings())])
    client = TestClient(app, base_url="http://127.0.0.1")
    wish = {"period": "2026-09..2026-10", "category": "生活救助", "pivot_rows": "township,period", "pivot_measure": "amount", "pivot_aggregate": "sum"}
    answer = client.get("/export/relief.csv", params=wish)
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    total = open_reader(demo_home).rows("select sum(amount) from relief where category = '生活救助' and period between '2026-09-01' and '2026-10-01'")[0][0]
    assert (rows[-1]["township"], float(rows[-1]["合计"])) == ("合计", float(total))
    assert list(rows[0]) == ["township", "period", "合计"]
    for ending in ("xlsx", "parquet"):
        assert client.get(f"/export/relief.{ending}", params=wish).content[:4] in (b"PK\x03\x04", b"PAR1")
    refused = client.get("/export/relief.csv", params=wish | {"pivot_rows": 'amount"; drop'})
    assert (refused.status_code, "没有" in refused.text) == (404, True)


def test_figures_are_pivoted_by_name_and_without_the_county_s_own_row(demo, catalog):
    reader = open_reader(demo)
    select = Selection("indicator_value", (MONTHS[1], MONTHS[1]), None, {"indicator": "relief_times"})
    assert {"township", "indicator_name"} <= set(list_pivot_columns(reader, catalog, select)[0])
    rows = read_pivot(reader, catalog, select, Pivot(("indicator_name",), "township", "numerator", "sum")).read_all().to_pylist()
    told = reader.rows("select numerator from indicator_value where indicator = 'relief_times' and township_code = '420324' and period = '2026-10-01'")[0][0]
    assert rows[-1]["合计"] == told and "全县" not in rows[0] and "竹溪县" not in rows[0]


@pytest.mark.parametrize("pivot", [Pivot(()), Pivot(("township",), "township"), Pivot(("category", "category")), Pivot(("category", "category"), "township"), Pivot(("nobody",)), Pivot(("township",), "", "category", "sum"),
                                   Pivot(("township",), "", "amount", "median"), Pivot(("township",), "id_number_hash")])  # fmt: skip
def test_a_pivot_that_cannot_be_is_refused_in_words(demo, catalog, pivot):
    with pytest.raises(UserError):
        read_pivot(open_reader(demo), catalog, Selection("relief"), pivot)


def test_names_stay_masked(demo, catalog):
    rows = read_pivot(open_reader(demo), catalog, RELIEF, Pivot(("recipient_name",))).read_all().to_pylist()
    assert {r["recipient_name"][1:] for r in rows[:-1]} <= {"*", "空）"}
