"""A demo home that the tests of scoring may write to."""

from __future__ import annotations

import shutil

import pytest

from pipelines.home import Home


@pytest.fixture
def own_demo(demo, tmp_path, monkeypatch) -> Home:
    """A copy of the demo home as the product's own."""
    shutil.copytree(demo.path, tmp_path / "home")
    monkeypatch.setenv("UNION_BOARD_HOME", str(tmp_path / "home"))
    return Home(tmp_path / "home")
