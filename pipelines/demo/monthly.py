"""The demo county's 乡镇月报 figures, with running totals of the year."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from random import Random

from pipelines.catalog.model import Catalog
from pipelines.demo.county import Employer
from pipelines.demo.seldom import seldom_figures

STOCKS = {"mig_out": 3200, "mig_child": 410, "mig_elder": 260, "mig_station": 3, "mig_branch": 2, "mig_law_station": 1, "archive_due": 900}
FLOWS = {"mig_output": 40, "fund_activity": 9000, "eval_meeting": 1, "eval_suggest": 9, "eval_ballot": 120, "hon_branch": 1, "hon_cadre": 1}
RARE = ("mig_child_drop", "hon_national", "hon_province", "hon_city", "hon_may_medal")


def _stocks(township: str, quality: float, months: int) -> dict[str, int]:
    fixed = Random(f"{township} stocks")
    values = {code: int(size * (0.6 + 0.8 * fixed.random())) or 1 for code, size in STOCKS.items()}
    return values | {"archive_done": int(values["archive_due"] * min(1.0, 0.55 + 0.4 * quality + 0.004 * months))}


def _flows(random: Random, quality: float, employers: list[Employer]) -> dict[str, int]:
    values = {code: random.randint(int(size * 0.5), int(size * 1.5)) for code, size in FLOWS.items()}
    due = sum(e.members for e in employers) * 12
    values |= {"fund_due": due, "fund_paid": int(due * (0.8 + 0.2 * quality * random.random() + 0.0))}
    values["eval_adopt"] = sum(random.random() < 0.35 + 0.3 * quality for _ in range(values["eval_suggest"]))
    values["eval_satisfied"] = int(values["eval_ballot"] * (0.82 + 0.14 * quality * random.random() + 0.03 * quality))
    return values | dict.fromkeys(RARE, 0)


def make_monthly(
    random: Random, catalog: Catalog, township: str, quality: float, months: int, period: date, employers: list[Employer], so_far: dict[str, Decimal]
) -> dict[str, dict[str, object]]:
    """Item code -> its value and running total; `so_far` holds the year's totals by code and is brought up to date."""
    values = _stocks(township, quality, months) | _flows(random, quality, employers) | seldom_figures(township, employers, period, quality)
    if period.month == 1:
        so_far.clear()
    rows: dict[str, dict[str, object]] = {}
    for item in catalog.monthly_items:
        if item.code not in values:
            continue
        rows[item.code] = {"value": values[item.code]}
        if item.nature == "flow":
            so_far[item.code] = so_far.get(item.code, Decimal(0)) + values[item.code]
            rows[item.code]["year_to_date"] = so_far[item.code]
    return rows
