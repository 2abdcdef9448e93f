"""The frame around every page answers what keeps it from being drawn with a sentence."""

from __future__ import annotations

import shutil

import pytest

from dashboard import access
from pipelines.access.model import Person
from pipelines.home import ROOT, Home
from tests.app_test import AppTest


def open_board() -> AppTest:
    return AppTest.from_file(str(ROOT / "dashboard" / "app.py"), default_timeout=60).run()


@pytest.fixture
def board(demo, tmp_path, monkeypatch) -> Home:
    """A copy of the demo home as the product's own."""
    home = Home(shutil.copytree(demo.path, tmp_path / "home"))
    monkeypatch.setenv("UNION_BOARD_HOME", str(home.path))
    return home


def test_a_catalogue_full_of_faults_is_told_on_the_page(board):
    board.overlay.mkdir(exist_ok=True)
    (board.overlay / "targets.toml").write_text('[[target]]\nindicator = "nope"\n', "utf-8")
    app = open_board()
    assert not app.exception and "指标目录有" in app.error[0].value and "targets" in app.error[0].value


def test_an_account_whose_township_is_no_more_is_told_on_the_page(board, monkeypatch):
    monkeypatch.setattr(access, "_ask", lambda key: Person("clerk", "填报员", "township_clerk", "999999999"))
    app = open_board()
    assert not app.exception and "地方目录里已没有这个地方" in app.error[0].value
