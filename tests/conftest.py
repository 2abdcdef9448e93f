"""What every test may use: a home of its own, the catalogue of the code, and one demo home for all."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.catalog.load import load_catalog
from pipelines.home import Home
from tests.afterwards import rest
from tests.demo_homes import close_store, copy_demo, open_store
from tests.object_store import object_store  # noqa: F401
from tests.postgres import postgres  # noqa: F401

TESTS = Path(__file__).parent
BOTH = ("warehouse", "workflow", "intake")  # folders whose tests run on both stores


LONGEST = (  # files that take a minute or more, begun first so that no core waits for the last of them
    "warehouse/test_storm.py", "browser/test_seen.py", "reports/summary/test_summary_document.py", "operations/test_bundle.py", "rights/test_hostile_text.py",
    "warehouse/test_power_cut.py", "rights/test_sql.py", "warehouse/test_lake.py", "intake/test_layouts.py", "rights/test_matrix.py",
    "intake/test_load.py", "benchmarks/test_benchmarks.py", "workflow/test_corrections.py", "workflow/test_review.py",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first, the others as they come."""
    place = {TESTS / name: n for n, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path, len(place)))


def pytest_configure(config: pytest.Config) -> None:
    """The run's own process opens the store of demo homes, not its workers."""
    if not hasattr(config, "workerinput"):
        open_store()


def pytest_unconfigure(config: pytest.Config) -> None:
    """And closes it after the last worker."""
    if not hasattr(config, "workerinput"):
        close_store()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test of BOTH that asks for a home runs with the file and with the lake, or with the one that UNION_BOARD_TEST_STORE names."""
    only = os.environ.get("UNION_BOARD_TEST_STORE")
    fixed = metafunc.definition.get_closest_marker("file_only") or "database" in metafunc.fixturenames  # asks for the lake by itself
    if "store" in metafunc.fixturenames and not fixed and Path(metafunc.module.__file__).relative_to(TESTS).parts[0] in BOTH:
        metafunc.parametrize("store", [only] if only else ["file", "lake"], indirect=True)


@pytest.fixture(scope="session")
def database(postgres) -> str:  # noqa: F811
    """What UNION_BOARD_WAREHOUSE takes: a database for all the lakes of this process, each of which has a schema of its own there."""
    if importlib.util.find_spec("duckdb_extension_ducklake") is None:
        pytest.skip("没有安装 requirements-lake.txt，跳过 DuckLake 测试")
    return postgres.new_database()


@pytest.fixture
def store(request, monkeypatch) -> str:
    """Which store the product uses in the test: `file`, or `lake` with a catalogue in the tests' PostgreSQL."""
    kind = getattr(request, "param", "file")
    if kind == "lake":
        monkeypatch.setenv("UNION_BOARD_WAREHOUSE", request.getfixturevalue("database"))
    else:
        monkeypatch.delenv("UNION_BOARD_WAREHOUSE", raising=False)
    return kind


@pytest.fixture(autouse=True)
def main_module() -> Iterator[None]:
    """A page's test leaves its script as the main module, which processes that are started later would run."""
    kept = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = kept


@pytest.fixture
def home(tmp_path, monkeypatch, store) -> Iterator[Home]:
    """An empty home in the test's own folder, which the product finds too."""
    monkeypatch.setenv("UNION_BOARD_HOME", str(tmp_path / "home"))
    yield Home(tmp_path / "home")
    rest()  # before the folder is removed


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
