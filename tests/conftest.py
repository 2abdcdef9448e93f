"""What every test may use: a home of its own and the catalogue that comes with the code."""

from __future__ import annotations

import pytest

from pipelines.catalog.load import load_catalog
from pipelines.home import Home


@pytest.fixture
def home(tmp_path, monkeypatch) -> Home:
    """An empty home in the test's own folder, which the product finds too."""
    monkeypatch.setenv("UNION_BOARD_HOME", str(tmp_path / "home"))
    return Home(tmp_path / "home")


@pytest.fixture(scope="session")
def catalog():
    """The catalogue of the code, without overlay."""
    return load_catalog()
