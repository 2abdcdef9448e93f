"""A home with the sample pack in it."""

from __future__ import annotations

import pytest

from pipelines.home import Home
from tests.reports.summary.pack import load_pack


@pytest.fixture(scope="module")
def pack(tmp_path_factory, catalog):
    """The workbooks of the seven published summaries, loaded; who changes something copies it."""
    home = Home(tmp_path_factory.mktemp("pack"))
    load_pack(home, catalog, tmp_path_factory.mktemp("books"))
    return home
