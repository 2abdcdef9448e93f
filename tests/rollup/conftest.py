"""Folders of counties side by side, and the places above them."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.access.model import VISITOR
from pipelines.catalog.load import load_catalog
from pipelines.rollup.inputs import write_inputs
from pipelines.warehouse.reader import open_reader
from pipelines.warehouse.scope import make_scope
from tests.rollup.invented import CODE, NAME, write_county


@pytest.fixture(scope="session")
def handed_over(province, tmp_path_factory) -> Path:
    """The folders of five counties of the demo province and of an invented one, side by side."""
    folder, catalog = tmp_path_factory.mktemp("counties"), load_catalog(overlay=province.overlay)
    counties = [place.code for place in catalog.places.above() if place.level == "county"]
    for code in counties:
        write_inputs(open_reader(province, scope=make_scope(catalog, VISITOR, export=True, place=code)), folder / code)
    months = [row[0] for row in open_reader(province).rows("select distinct period from submission_status order by 1")]
    write_county(folder / counties[0], folder / CODE, months)
    return folder


@pytest.fixture(scope="session")
def places(province, tmp_path_factory) -> Path:
    """The country above the demo province and the invented county."""
    _, *lines = (province.overlay / "places.csv").read_text("utf-8").splitlines()
    path = tmp_path_factory.mktemp("places") / "places.csv"
    joined = [line + "0" if line.startswith("99,") else line for line in lines]
    path.write_text("\n".join(["code,name,level,parent", "0,虚构国,country,", *joined, "98,虚构省,province,0", f"{CODE},{NAME},county,98"]), "utf-8")
    return path
