"""One running board with accounts for all tests of this folder that only read it."""

from __future__ import annotations

import pytest

from pipelines.home import Home
from tests.rights.floor import opening


@pytest.fixture(scope="session")
def floor(tmp_path_factory):
    """The board and everybody's cookie."""
    with opening(Home(tmp_path_factory.mktemp("floor"))) as running:
        yield running
