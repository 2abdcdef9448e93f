"""One figure, one value: the export, the board's query and plain Python over the exported ledgers agree to the last digit."""

from __future__ import annotations

import csv
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal

import pytest

from dashboard.cached import figures
from pipelines.catalog.model import Condition, Measure
from pipelines.catalog.period import format_period
from pipelines.commandline.main import main

FORMS = ("register", "standards", "relief", "competition", "safety", "rights", "activity", "monthly", "issues", "submission_status")


@pytest.fixture(scope="module")
def tables(demo, tmp_path_factory):
    """Every table of the demo as exported CSV rows."""
    folder = tmp_path_factory.mktemp("tables")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("UNION_BOARD_HOME", str(demo.path))
        found = {}
        for name in (*FORMS, "indicator_value"):
            assert main(["export", name, "--out", str(folder / f"{name}.csv")]) == 0
            found[name] = list(csv.DictReader((folder / f"{name}.csv").open(encoding="utf-8-sig")))
        yield found


def _meets(row: dict[str, str], condition: Condition) -> bool:
    text, wanted = row[condition.field], condition.value
    if condition.operator == "=":
        return text == (str(wanted).lower() if isinstance(wanted, bool) else str(wanted))
    if condition.operator == "in":
        return text in wanted
    return text != "" and {">=": Decimal(text) >= wanted, ">": Decimal(text) > wanted}[condition.operator]


def _returns(tables, measure: Measure) -> dict:
    flags = {"expected": lambda r: True, "reported": lambda r: r["status"] != "missing", "on_time": lambda r: r["on_time"] == "true"}
    return {(r["township_code"], r["period"]): Decimal(int(flags[measure.field](r))) for r in tables["submission_status"]}


def _sums(tables, measure: Measure, reported: set) -> dict:
    """(township, period) -> the measure, added up from exported rows."""
    if measure.form == "returns":
        return _returns(tables, measure)
    rows = [r for r in tables[measure.form] if all(_meets(r, c) for c in measure.where)]
    sums: dict = {} if measure.form == "monthly" else dict.fromkeys(reported, Decimal(0))
    empty = defaultdict(lambda: True)
    for row in rows:
        key = row["township_code"], row["period"]
        text = row[measure.field] if measure.field else "1"
        if text != "":
            sums[key] = sums.get(key, Decimal(0)) + Decimal(text)
            empty[key] = False
        else:
            empty[key] = empty[key]
    for key, nothing in empty.items():
        if nothing:
            sums.pop(key, None)
    return sums


def _value(top: Decimal, below: Decimal | None) -> Decimal | None:
    if below is None:
        return top
    return (top / below).quantize(Decimal("0.000001"), ROUND_HALF_UP) if below else None


def test_every_indicator_of_every_township_and_month_agrees(demo_home, tables, catalog):
    reported = {(r["township_code"], r["period"]) for r in tables["submission_status"] if r["status"] != "missing"}
    exported = {(r["indicator"], r["township_code"], r["period"]): r["value"] for r in tables["indicator_value"]}
    county, compared = catalog.county.code, 0
    for indicator in catalog.indicators:
        top = _sums(tables, indicator.numerator, reported)
        below = _sums(tables, indicator.denominator, reported) if indicator.denominator else None
        keys = [k for k in top if below is None or k in below]
        totals: dict = defaultdict(lambda: [Decimal(0), Decimal(0)])
        for key in keys:
            totals[county, key[1]][0] += top[key]
            totals[county, key[1]][1] += below[key] if below else 0
        wanted = {k: _value(top[k], below[k] if below else None) for k in keys}
        wanted |= {k: _value(n, d if below is not None else None) for k, (n, d) in totals.items()}
        shown = {
            (r.township_code, format_period(r.period.date())): r.value for r in figures("month", 2026, indicator.code).itertuples()
        }
        assert set(shown) == set(wanted), indicator.code
        for (place, period), value in wanted.items():
            text = exported.pop((indicator.code, place, period))
            assert (Decimal(text) if text else None) == value, (indicator.code, place, period)
            board = shown[place, period]
            assert (None if board is None or board != board else Decimal(str(board)).quantize(Decimal("0.000001"))) == (
                None if value is None else value.quantize(Decimal("0.000001"))
            ), (indicator.code, place, period)
            compared += 1
    assert exported == {}
    assert compared > 4000
