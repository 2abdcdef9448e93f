"""五好八有 says what the engine says: the finding, every point of the derivation, the trial; marks are kept, counted and taken back."""

from __future__ import annotations

import re
import shutil
from datetime import date
from html import unescape

import pytest

from dashboard.views.standards import county_finding, township_finding
from pipelines.audit.log import read_records
from pipelines.home import Home
from pipelines.scoring.board import read_board
from pipelines.scoring.journal import list_acts
from pipelines.scoring.words import line_points, plain, points_text
from pipelines.warehouse.reader import open_reader
from tests.dashboard.test_views import run_view, words

LONGBA, MONTH = "420324107", date(2026, 10, 1)


def _board(home, catalog, month=MONTH):
    return read_board(home, open_reader(home), catalog, month)


def _of_longba():
    app = run_view("standards")
    app.selectbox(key="township").set_value("龙坝镇").run()
    assert not app.exception
    return app


def _cells(app, row: str) -> list[str]:
    """The words of the derivation's cells in the row of an item."""
    table = next(h for h in (str(b.proto.body) for b in app.get("html")) if "计分办法" in h)
    found = next(r for r in re.findall(r"<tr>(.*?)</tr>", table) if f">{row}<" in r)
    return [unescape(re.sub(r"<[^>]+>", "", c)) for c in re.findall(r"<td[^>]*>(.*?)</td>", found)]


def test_the_county_s_finding_and_every_township_s_total_stand_on_the_page(demo_home, catalog):
    board, said = _board(demo_home, catalog), words(run_view("standards"))
    assert county_finding(board) in said
    for s in board.standings:
        assert re.search(rf">{s.township}</a></td><td>{s.rank or '—'}</td><td class=strong>{re.escape(points_text(s.score.total))}</td>", said), s.township
    assert "○ 待" in said and "○ 无" in said  # 天宝乡 is not judged yet, two townships did not report


def test_the_item_that_is_named_is_the_one_with_the_lowest_share(demo_home, catalog):
    board, shares = _board(demo_home, catalog), {}
    for item in board.rubric.items:
        points = [float(line.points) / line.item.full for s in board.standings for line in s.score.lines if line.item.key == item.key and line.points is not None]
        shares |= {item.name: sum(points) / len(points)} if points else {}
    weakest = min(shares, key=shares.get)
    assert f"得分率最低的是“{weakest}”，平均只得 {shares[weakest] * 100:.0f}%" in words(run_view("standards"))


def test_a_township_s_points_are_derived_item_by_item(demo_home, catalog):
    standing = _board(demo_home, catalog).standing(LONGBA)
    app = _of_longba()
    assert township_finding(_board(demo_home, catalog), standing) in words(app)
    for line in standing.score.lines:
        cells = _cells(app, line.item.name)
        assert cells[7] == line_points(line), line.item.name
        assert cells[9] == points_text(line.own.points)
    assert f"{points_text(standing.score.total)} 分是这样算出来的" in words(app)


def test_the_total_s_difference_is_over_the_items_that_have_both_as_in_the_matrix(demo_home, catalog):
    standing = next(s for s in _board(demo_home, catalog).standings if s.score.total is not None and s.score.judged < 100 and s.score.own_total is not None)
    known = [line for line in standing.score.lines if line.own and line.points is not None]
    gap = sum(line.points - line.own.points for line in known)
    app = run_view("standards")
    app.selectbox(key="township").set_value(standing.township).run()
    assert len(known) < len(standing.score.lines)
    assert _cells(app, "合计")[-1] == (f"{'↓' if gap < 0 else '↑'} {plain(abs(gap))}" if gap else "持平")


def test_a_trial_tells_the_score_it_would_be_and_keeps_nothing(demo_home, catalog):
    app = _of_longba()
    app.selectbox(key=f"trial_figure {LONGBA}").set_value("建会率").run()
    standing = _board(demo_home, catalog).standing(LONGBA)
    figure, line = standing.figures["org_union_rate"], next(x for x in standing.score.lines if x.item.key == "union_rate")
    app.number_input(key=f"trial_number {LONGBA} 建会率").set_value(float(figure.denominator - figure.numerator)).run()
    gained = standing.score.total + 8 - line.points
    assert f"得 {points_text(gained)} 分。" in words(app) and "变为 100.0%" in words(app)
    assert len(list_acts(demo_home)) == len(list_acts(demo_home, None)) == 29


def test_points_given_on_the_page_count_are_on_record_and_can_be_taken_back(demo, catalog, tmp_path, monkeypatch):
    shutil.copytree(demo.path, tmp_path / "home")
    home = Home(tmp_path / "home")
    monkeypatch.setenv("UNION_BOARD_HOME", str(home.path))
    before = _board(home, catalog).standing(LONGBA).score.total
    app = _of_longba()
    assert app.button(key="score save").disabled  # no points without a remark
    app.number_input(key="score points relief").set_value(1.5)
    app.text_input(key="score remark").set_value("三户没有签收单").run()
    app.button(key="score save").click().run()
    after = _board(home, catalog).standing(LONGBA)
    given = after.marks.given["relief"]
    assert (float(given.points), given.remark) == (1.5, "三户没有签收单")
    assert after.score.total < before and _cells(app, "困难职工帮扶")[7] == "1.5" and "三户没有签收单" in words(app)
    event = list(read_records(home))[-1].event
    assert (event.action, event.township_code, event.detail) == ("score", LONGBA, "relief 1.5（三户没有签收单）")
    app.button(key="undo save").click().run()  # the newest stands first
    assert _board(home, catalog).standing(LONGBA).score.total == before
    assert list(read_records(home))[-1].event.action == "undo"


def test_a_ruling_and_a_veto_need_a_remark_and_change_what_counts(demo, catalog, tmp_path, monkeypatch):
    shutil.copytree(demo.path, tmp_path / "home")
    home = Home(tmp_path / "home")
    monkeypatch.setenv("UNION_BOARD_HOME", str(home.path))
    app = _of_longba()
    chosen = app.selectbox(key="ruling claim").value
    app.radio(key="ruling verdict").set_value("缺")
    app.text_input(key="ruling remark").set_value("到现场看过，没有").run()
    app.button(key="ruling save").click().run()
    union = chosen.split("　")[0]
    ruled = [c for c in _board(home, catalog).claims if c.ruling]
    assert [(c.union_name, c.verified) for c in ruled] == [(union, False)]
    assert "<sup>裁</sup>" in words(app)
    app.text_input(key="veto remark").set_value("虚报会员").run()
    assert app.button(key="veto save").disabled  # until it is ticked
    app.checkbox(key="veto sure").check().run()
    app.button(key="veto save").click().run()
    assert _board(home, catalog).standing(LONGBA).score.total <= 59
    assert "一票否决：数据弄虚作假" in words(app) and "被一票否决，得分" in words(app)


def test_a_township_gives_itself_the_points_of_a_group_at_once(demo, catalog, tmp_path, monkeypatch):
    shutil.copytree(demo.path, tmp_path / "home")
    home = Home(tmp_path / "home")
    monkeypatch.setenv("UNION_BOARD_HOME", str(home.path))
    app = _of_longba()
    app.number_input(key="own points union_rate").set_value(7.5)
    app.number_input(key="own points direct_election").set_value(2.0).run()
    app.button(key="own save").click().run()
    act = list_acts(home)[-1]
    assert (act.kind, len(act.entries)) == ("self_score", 4)
    assert {e.subject: e.points for e in act.entries}["union_rate"] == 7.5
    assert _cells(app, "建会率")[9] == "7.5" and _cells(app, "主席直选率")[9] == "2.0"


@pytest.mark.parametrize("name", ["百分制考核办法（示例）", "五好评分办法（默认）"])
def test_another_rubric_can_be_looked_at(demo_home, catalog, name):
    app = run_view("standards")
    app.selectbox(key="rubric").set_value(name).run()
    assert not app.exception
    assert ("会员" in words(app) and "净增" in words(app)) == name.startswith("百分制")
