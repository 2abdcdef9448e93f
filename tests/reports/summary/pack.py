"""The sample pack of the seven published summaries: its figures, the indicator that each one is, and homes that lack some of them."""

from __future__ import annotations

import csv
from pathlib import Path

from pipelines.catalog.model import Catalog
from pipelines.demo.samples import FOLDER, PACK, PERIOD
from pipelines.home import Home
from pipelines.intake.load import load_bytes
from pipelines.reports.template import write_template

FIGURES = list(csv.DictReader(FOLDER.with_name("seven-summaries-figures.csv").open(encoding="utf-8")))
REGISTER = ("org_union_rate", "mem_rate_all", "org_grassroots_union")  # gone only with the whole register
REQUIRED = ("recipients", "amount", "cases")  # cannot be left blank: 0以上 says that nobody knows


def code_of(catalog: Catalog, figure: dict[str, str]) -> str:
    """The fact that a figure of the pack is."""
    key, _, value = figure["where"].partition(";")[0].partition("=")
    if key in ("indicator", "indicator_code"):
        return value
    if key == "standard_name":
        return f"{next(s.key for s in catalog.standards if s.name == value)}_met"
    sums = [i for i in catalog.indicators if i.denominator is None and (i.numerator.form, i.numerator.field) == (figure["table"], figure["field"])]
    fitting = [i for i in sums if all(c.field == key and value in (c.value if isinstance(c.value, tuple) else (c.value,)) for c in i.numerator.where)]
    return max(fitting, key=lambda i: len(i.numerator.where)).code


def _without(rows: dict[str, list[dict]], figure: dict[str, str], code: str) -> None:
    """Takes one figure out of a township's rows."""
    key, _, value = figure["where"].partition(";")[0].partition("=")
    if code in REGISTER:
        rows.pop("register", None)
    elif code == "safe_accident":
        rows.pop("safety", None)
    elif figure["table"] == "standard_progress":
        rows.pop("standards", None)
    elif figure["table"] == "indicator_value" and code != "hon_may_medal":
        field = {"org_demo_village": "is_model_site", "home_model": "home_grade", "elect_direct": "directly_elected"}[code]
        for row in rows.get("register", []):
            row.pop(field, None)
    elif figure["table"] == "monthly" or code == "hon_may_medal":
        rows["monthly"] = [r for r in rows.get("monthly", []) if r["indicator_code"] != code]
    else:
        for row in rows[figure["table"]]:
            if row.get(key) == value:
                row[figure["field"]] = "0以上" if figure["field"] in REQUIRED else None


def load_pack(home: Home, catalog: Catalog, folder: Path, lost: list[dict[str, str]] = ()) -> None:
    """Loads the pack without the figures that are lost."""
    for article, (code, make) in PACK.items():
        rows = {form: [dict(row) for row in table] for form, table in make(catalog).items()}
        for figure in lost:
            if figure["article"] == article:
                _without(rows, figure, code_of(catalog, figure))
        path = write_template(folder / f"{article}.xlsx", catalog, catalog.township(code), PERIOD, {"monthly": [], **rows}, "样例")
        report = load_bytes(home, catalog, f"{article}.xlsx", path.read_bytes(), by="测试")
        assert report.status == "loaded", [p.message for p in report.problems]
