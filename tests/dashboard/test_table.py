"""A twin of a very long list shows its beginning and says where the rest is."""

from __future__ import annotations

import json
import math

import pytest

from dashboard.components.table import MOST
from tests.app_test import AppTest
from tests.dashboard.test_views import run_view

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


@pytest.mark.parametrize("path, twins", [
    ("coverage", ["逐月建会率", "各乡镇入会率的两个口径"]), ("rights", ["逐月集体合同建制率", "提案议案的征集、采纳与优秀"]),
    ("competition", ["逐月攻关完成率", "竞赛的立项、完成与获奖"]), ("services", ["逐月职工满意率"]),
])  # fmt: skip
def test_every_trend_the_funnels_and_the_two_rates_have_the_table_that_the_handbook_promises(demo_home, path, twins):
    labels = [e.label for e in run_view(path).expander]
    assert [f"查看数据表：{twin}" for twin in twins if f"查看数据表：{twin}" not in labels] == []


FUNNEL = """
from dashboard.components.funnel import Step, show_funnel
steps = [Step("征集", 8.0, "/trace?a"), Step("采纳", 2.0, "/trace?b", 0), Step("优秀", {last}, None, 1), Step("获奖", 1.0, None, 2)]
show_funnel(steps, "件", "提案", "", "proposals", "提案的去向")
"""


@pytest.mark.parametrize("last, label, share", [(1.0, "1 件（占采纳 50.0%）", 50.0), (0.0, "0 件（占采纳 0.0%）", 0.0)])
def test_a_funnel_s_table_tells_every_step_its_share_and_what_of(demo_home, last, label, share):
    app = AppTest.from_string(FUNNEL.format(last=last), default_timeout=60).run()
    frame, drawn = app.dataframe[0].value, json.loads(app.get("plotly_chart")[0].proto.spec)["layout"]["annotations"]
    assert not app.exception and list(frame["环节"]) == ["征集", "采纳", "优秀", "获奖"] and list(frame["数量（件）"]) == [8, 2, last, 1]
    assert list(frame["占比（%）"])[1:3] == [25, share] and list(frame["占哪个环节"])[1:3] == ["征集", "采纳"]
    assert math.isnan(frame["占比（%）"][0]) and math.isnan(frame["占比（%）"][3]) is (last == 0), "nothing has a share of itself or of nought"
    assert list(frame["明细"]) == ["/trace?a", "/trace?b", "", ""] and label in [told["text"] for told in drawn]


FIGURES = """
import pandas
from dashboard.components.table import show_twin
rows = pandas.DataFrame({{"rate": [75, 80.5555, 100], "cost": [-0.0, None, 508.333], "times": [1.0, 2, 3], "share": [0.8889, 0.5, 1]}})
show_twin(rows, {{"rate": "建会率（%）", "cost": "人均（元/人次）", "times": "人次（人次）", "share": "比率"}}, "各乡镇", {addresses})
"""


def _shown(addresses: list) -> tuple:
    app = AppTest.from_string(FIGURES.format(addresses=addresses), default_timeout=60).run()
    assert not app.exception
    return app.dataframe[0].value, json.loads(app.dataframe[0].proto.columns)


def test_a_column_is_written_with_one_number_of_decimals_and_without_a_minus_nought(demo_home):
    frame, columns = _shown(["/trace?a", None, "/trace?b"])
    assert [columns[c]["type_config"].get("step") for c in ("建会率（%）", "人均（元/人次）", "人次（人次）", "比率")] == [0.01, 0.01, None, None]
    assert list(frame["建会率（%）"]) == [75, 80.56, 100] and list(frame["比率"]) == [0.8889, 0.5, 1]
    assert math.copysign(1, frame["人均（元/人次）"][0]) == 1 and math.isnan(frame["人均（元/人次）"][1]) and frame["人均（元/人次）"][2] == 508.33


@pytest.mark.parametrize("addresses, told", [(["/trace?a", None, "/trace?b"], ["/trace?a", "", "/trace?b"]), ([None] * 3, None)])
def test_lines_that_open_nothing_have_a_blank_and_where_none_does_there_is_no_column(demo_home, addresses, told):
    frame, _ = _shown(addresses)
    assert (list(frame["明细"]) if "明细" in frame else None) == told
