"""The sample pack of seven published summaries: every figure in them comes back out of an export."""

from __future__ import annotations

import csv

import pytest

from pipelines.commandline.main import main
from pipelines.demo.samples import FOLDER

FIGURES = list(csv.DictReader(FOLDER.with_name("seven-summaries-figures.csv").open(encoding="utf-8")))
RATIOS = [("comp_done_rate", 49, 77, 63.64), ("comp_award_rate", 17, 49, 34.69), ("eval_adopt_rate", 15, 28, 53.57), ("comp_skill_rate", 12, 56, 21.43)]


@pytest.fixture(scope="module")
def pack(tmp_path_factory):
    """A home with the pack in it, loaded by the command line, and a function that exports from it."""
    folder = tmp_path_factory.mktemp("pack")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("UNION_BOARD_HOME", str(folder / "home"))
        assert main(["load", str(FOLDER)]) == 0

        def export(table: str, township: str, where: str) -> list[dict[str, str]]:
            out = folder / "out.csv"
            words = [w for pair in where.split(";") for w in ("--where", pair)]
            assert main(["export", table, "--township", township, *words, "--out", str(out)]) == 0
            return list(csv.DictReader(out.open(encoding="utf-8-sig")))

        yield export


def test_there_are_all_forty_six():
    assert len(FIGURES) == 46


@pytest.mark.parametrize("figure", FIGURES, ids=lambda f: f"{f['article']}-{f['table']}-{f['where']}-{f['field']}")
def test_a_figure_comes_back(pack, figure):
    rows = pack(figure["table"], figure["township_code"], figure["where"])
    if figure["field"] == "rows":
        assert len(rows) == int(figure["value"])
        return
    assert [float(r[figure["field"]]) for r in rows] == [float(figure["value"])]
    bound = "at_least" if figure["field"] == "value" and "at_least" in rows[0] else f"{figure['field']}_at_least"
    assert rows[0][bound] == figure["at_least"]


@pytest.mark.parametrize(("indicator", "part", "whole", "shown"), RATIOS)
def test_the_ratios_of_the_summaries(pack, indicator, part, whole, shown):
    (row,) = pack("indicator_value", "420324101", f"indicator={indicator}")
    assert (int(row["numerator"]), int(row["denominator"])) == (part, whole)
    assert round(float(row["value"]) * 100, 2) == shown


def test_twenty_yuan_a_head(pack):
    (row,) = pack("indicator_value", "420324101", "indicator=relief_female_ins_average")
    assert (row["numerator"], row["denominator"], float(row["value"])) == ("14640", "732", 20.0)
