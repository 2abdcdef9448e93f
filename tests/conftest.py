"""What every test may use: a home of its own, the catalogue of the code, and one demo home for all."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from pipelines.catalog.load import load_catalog
from pipelines.home import Home
from tests.demo_homes import close_store, copy_demo, open_store
from tests.postgres import postgres  # noqa: F401


def pytest_configure(config: pytest.Config) -> None:
    """The run's own process opens the store of demo homes, not its workers."""
    if not hasattr(config, "workerinput"):
        open_store()


def pytest_unconfigure(config: pytest.Config) -> None:
    """And closes it after the last worker."""
    if not hasattr(config, "workerinput"):
        close_store()


@pytest.fixture(autouse=True)
def main_module() -> Iterator[None]:
    """A page's test leaves its script as the main module, which processes that are started later would run."""
    kept = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = kept


@pytest.fixture
def home(tmp_path, monkeypatch) -> Home:
    """An empty home in the test's own folder, which the product finds too."""
    monkeypatch.setenv("UNION_BOARD_HOME", str(tmp_path / "home"))
    return Home(tmp_path / "home")


@pytest.fixture(scope="session")
def catalog():
    """The catalogue of the code, without overlay."""
    return load_catalog()


@pytest.fixture(scope="session")
def demo(tmp_path_factory) -> Home:
    """A home with three months of the demo county; tests only read it."""
    home = Home(tmp_path_factory.mktemp("demo"))
    copy_demo(home, months=3)
    return home


@pytest.fixture
def demo_home(demo, monkeypatch) -> Home:
    """The demo home as the product's own."""
    monkeypatch.setenv("UNION_BOARD_HOME", str(demo.path))
    return demo


@pytest.fixture(scope="session")
def province(tmp_path_factory) -> Home:
    """A home with two months of the demo province: two cities, five counties, thirteen townships; tests only read it."""
    home = Home(tmp_path_factory.mktemp("province"))
    copy_demo(home, months=2, level="province")
    return home


@pytest.fixture
def province_home(province, monkeypatch) -> Home:
    """The demo province as the product's own."""
    monkeypatch.setenv("UNION_BOARD_HOME", str(province.path))
    return province
