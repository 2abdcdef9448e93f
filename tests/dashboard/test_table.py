"""A twin of a very long list shows its beginning and says where the rest is."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.components.table import MOST

SCRIPT = """
import pandas
from dashboard.components.table import show_twin
show_twin(pandas.DataFrame({{"workers": range({rows})}}), {{"workers": "职工（人）"}}, "全部", [f"/trace?{{n}}" for n in range({rows})])
"""


@pytest.mark.parametrize("rows, told", [(MOST, []), (MOST + 500, ["这里列前 1,000 行；全部 1,500 行请到“明细导出”取。"])])
def test_a_long_twin_shows_its_beginning_and_says_so(demo_home, rows, told):
    app = AppTest.from_string(SCRIPT.format(rows=rows), default_timeout=60).run()
    assert not app.exception and [c.value for c in app.caption] == told
    frame = app.dataframe[0].value
    assert len(frame) == MOST and list(frame["明细"])[-1] == f"/trace?{MOST - 1}"
