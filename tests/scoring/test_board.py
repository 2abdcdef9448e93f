"""Every township's score against a second reading of the same rules in plain Python; contradictions; ranks; versions; what a township may see."""

from __future__ import annotations

import math
import tomllib
from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from pipelines.access.model import VISITOR, Person
from pipelines.catalog.load import load_catalog, load_catalog_from_text, read_catalog_text
from pipelines.catalog.narrow import narrow_catalog
from pipelines.faults import UserError
from pipelines.home import CODE_CATALOG
from pipelines.intake.load import load_bytes
from pipelines.scoring.board import VERIFIED, is_added_up, read_board
from pipelines.scoring.journal import Entry, list_acts, record_act
from pipelines.scoring.selfcheck import Tally
from pipelines.warehouse.reader import open_reader
from pipelines.warehouse.scope import make_scope
from tests.intake.build import GOOD, UNION, workbook

MONTH = date(2026, 9, 1)
LONGBA = "420324107"


class PlainReading:
    """The rules as a clerk with a pocket calculator reads them: the file itself, figures and forms by SQL, no code of the product."""

    def __init__(self, reader, file: str, month: date) -> None:
        self.rubric = tomllib.loads((CODE_CATALOG / file).read_text("utf-8"))["rubric"][0]
        rows = reader.rows("select township_code, indicator, numerator, denominator from indicator_year where period = $m", {"m": month})
        self.figures = {(t, i): (n, d) for t, i, n, d in rows}
        december = reader.rows("select township_code, indicator, numerator from indicator_year where period = $m", {"m": date(month.year - 1, 12, 1)})
        self.december = {(t, i): n for t, i, n in december}
        columns = [r[0] for r in reader.rows("describe standards")]
        self.eight = [c for c in columns if c.startswith("has_")]
        self.six = [c for c in columns if c.endswith("_committee")]
        self.reader, self.month = reader, month

    def fact(self, place: str, name: str):
        if name == "hazards_overdue":
            sql = """select sum(hazards - coalesce(rectified, 0)) from safety where township_code = $t and period between $a and $m
                and due + interval 1 day < $m + interval 1 month and hazards > coalesce(rectified, 0)"""
            reported = self.reader.rows("select 1 from submission where township_code = $t and period between $a and $m", {"t": place, "a": date(self.month.year, 1, 1), "m": self.month})
            return (self.reader.rows(sql, {"t": place, "a": date(self.month.year, 1, 1), "m": self.month})[0][0] or 0, None) if reported else None
        wanted = " and ".join(f"coalesce(s.{c}, false)" for c in (self.eight if name == "eight_haves_verified" else self.six))
        sql = f"""select count(*) filter (where {wanted}), count(*) from (select distinct union_name from register where township_code = $t and period = $m
            and has_union and union_name is not null) as r left join standards as s on s.union_name = r.union_name and s.township_code = $t and s.period = $m"""
        met, unions = self.reader.rows(sql, {"t": place, "m": self.month})[0]
        return (met, unions) if unions else None

    def pair(self, place: str, block: dict):
        return self.fact(place, block["fact"]) if "fact" in block else self.figures.get((place, block.get("indicator")))

    def value(self, place: str, item: dict):
        pair = self.pair(place, item)
        if pair is None:
            return None
        above, below = pair
        if item.get("of") in ("increase", "growth"):
            before = self.december.get((place, item["indicator"]))
            return None if before is None else Decimal(above - before) / (before if item["of"] == "growth" else 1)
        return Decimal(above) if below is None else None if not below else Decimal(above) / Decimal(below)

    def off(self, place: str, rule: dict):
        pair = self.pair(place, rule)
        if pair is None:
            return None
        amount = {"gap": lambda: pair[1] - pair[0], "value": lambda: pair[0], "below": lambda: max(0, Decimal(str(rule.get("level", 0))) - pair[0])}[rule.get("of", "gap")]()
        return math.floor(Decimal(amount) / Decimal(str(rule["every"]))) * Decimal(str(rule["points"]))

    def item(self, place: str, item: dict):
        full = Decimal(str(item["full"]))
        offs = [self.off(place, rule) for rule in item.get("deduct", [])]
        if item["kind"] == "manual":
            return None
        if item["kind"] == "deduct":
            return None if all(o is None for o in offs) else max(Decimal(0), full - sum(o or 0 for o in offs))
        value = self.value(place, item)
        if value is None:
            return None
        if item["kind"] == "steps":
            earned = next((Decimal(str(p)) for at, p in sorted(item["steps"], reverse=True) if value >= Decimal(str(at))), Decimal(0))
        elif item["kind"] == "floor":
            earned = max(0, math.floor(value / Decimal(str(item["every"])))) * Decimal(str(item["points"]))
        else:
            reached = value <= Decimal(str(item["at"])) if item.get("compare") == "<=" else value >= Decimal(str(item["at"]))
            earned = full if reached else Decimal(0)
        return min(full, max(Decimal(0), earned - sum(o or 0 for o in offs)))

    def total(self, place: str, given: dict):
        whole = Decimal(0)
        for group in self.rubric["group"]:
            points = [(Decimal(str(given[i["key"]])) if i["key"] in given else self.item(place, i)) for i in group["item"]]
            known = [p for p in points if p is not None]
            if not known:
                continue
            judged = sum(Decimal(str(i["full"])) for i, p in zip(group["item"], points, strict=True) if p is not None)
            off = sum(self.off(place, rule) or 0 for rule in group.get("deduct", []))
            whole += min(Decimal(str(group["full"])), judged, max(Decimal(0), sum(known) - off))
        return whole


@pytest.mark.parametrize("file, key", [("scoring.toml", "five_goods"), ("rubrics/hundred_points.toml", "hundred_points")])
@pytest.mark.parametrize("month", [MONTH, date(2026, 10, 1)])
def test_every_township_s_score_is_what_a_second_reading_of_the_rules_gives(demo, catalog, file, key, month):
    reader = open_reader(demo)
    board, plain = read_board(demo, reader, catalog, month, key), PlainReading(reader, file, month)
    assert len(board.standings) == 15
    for s in board.standings:
        given = {k: float(m.points) for k, m in s.marks.given.items()}
        for group, told in zip(board.rubric.groups, plain.rubric["group"], strict=True):
            for item, block in zip(group.items, told["item"], strict=True):
                line = next(x for x in s.score.lines if x.item.key == item.key)
                expected = plain.item(s.township_code, block)
                assert (line.computed is None) == (expected is None), (s.township, item.key)
                assert expected is None or abs(float(line.computed) - float(expected)) < 1e-9, (s.township, item.key)
        assert abs(float(s.score.total) - float(plain.total(s.township_code, given))) < 1e-9, s.township


def test_a_township_without_a_return_has_no_data_and_no_rank(demo, catalog):
    board = read_board(demo, open_reader(demo), catalog, date(2026, 10, 1))
    absent = [s for s in board.standings if s.township in ("桃源乡", "向坝乡")]
    for s in absent:
        lines = {line.item.key: line for line in s.score.lines}
        assert lines["union_rate"].points is None and lines["eight_haves"].points is None
        assert s.rank is None and board.missing_months[s.township_code] == [date(2026, 10, 1)]
    others = [s for s in board.standings if s not in absent and s.rank]
    best = max(others, key=lambda s: s.score.share)
    assert best.rank == 1
    assert all(s.rank == 1 + sum(o.score.share > s.score.share for o in others) for s in others)


def _with(name: str, old: str, new: str, **more):
    texts = read_catalog_text()
    assert old in texts[name]
    return load_catalog_from_text(texts | {name: texts[name].replace(old, new)} | more)


def test_a_denied_yes_lowers_the_verified_rate_and_the_county_s_ruling_restores_it(own_demo):
    short = _with("contradictions.toml", "months = 12\nreported = 12\nverdict = \"deny\"", "months = 2\nreported = 2\nverdict = \"deny\"")
    reader = open_reader(own_demo)
    board = read_board(own_demo, reader, short, MONTH)
    denied = [c for c in board.claims if c.finding and c.finding.rule.verdict == "deny"]
    assert denied and all(c.met and not c.verified for c in denied)
    first = denied[0]
    last = reader.rows("select max(period) from activity where township_code = $t and union_name = $u and period <= $m", {"t": first.township_code, "u": first.union_name, "m": MONTH})[0][0]
    assert last is None or last < date(2026, 8, 1)  # the evidence, looked up anew
    record_act(own_demo, short, "ruling", board.rubric.key, first.township_code, MONTH, [Entry(f"{first.union_name}|{first.item}", 1, "现场看过活动照片")], "李干事")
    again = read_board(own_demo, reader, short, MONTH)
    ruled = next(c for c in again.claims if (c.township_code, c.union_name, c.item) == (first.township_code, first.union_name, first.item))
    assert ruled.verified and ruled.ruling.remark == "现场看过活动照片"
    before, after = (b.standing(first.township_code).figures["eight_haves_verified"].numerator for b in (board, again))
    whole = all(c.verified for c in again.claims if (c.township_code, c.union_name, c.standard) == (first.township_code, first.union_name, first.standard))
    assert after - before == whole


def test_a_doubt_is_shown_and_changes_no_point(demo, catalog):
    doubting = _with("contradictions.toml", "months = 6\nreported = 6", "months = 2\nreported = 2")
    reader = open_reader(demo)
    plain, doubted = read_board(demo, reader, catalog, MONTH), read_board(demo, reader, doubting, MONTH)
    assert any(c.finding and c.finding.rule.key == "no_activity_half" for c in doubted.claims)
    assert not any(c.finding for c in plain.claims if c.item == "has_activities")  # two months are not six: nothing is held against anybody
    assert [s.score.total for s in plain.standings] == [s.score.total for s in doubted.standings]


def test_what_open_problems_and_the_monthly_return_say_against_a_yes_is_found(demo, catalog):
    reader = open_reader(demo)
    found = read_board(demo, reader, catalog, MONTH).findings
    files = {f.township_code for f in found if f.rule.key == "archives_missing"}
    wanted = reader.rows("""select township_code from monthly where period = $m group by 1
        having sum(value) filter (where indicator_code = 'archive_due') > sum(value) filter (where indicator_code = 'archive_done')""", {"m": MONTH})  # fmt: skip
    assert files == {code for (code,) in wanted} and files
    told = {(f.township_code, f.source_row) for f in found if f.rule.key == "archives_told"}
    open_issues = reader.rows("select township_code, source_row from issues where period = $m and status <> '已完成' and problem like '%档案%'", {"m": MONTH})
    assert told == set(open_issues)
    assert all(f.place and f.reason and "{" not in f.reason for f in found)


def test_the_version_of_the_year_is_the_one_that_scores(demo):
    newer = read_catalog_text()["scoring.toml"].replace("first_year = 2024", "first_year = 2026").replace("[0.9, 8], [0.85, 6], [0.8, 4]", "[0.5, 8]")
    versions = load_catalog_from_text(read_catalog_text() | {"rubrics/newer.toml": newer})
    reader = open_reader(demo)
    board = read_board(demo, reader, versions, MONTH)
    assert board.rubric.first_year == 2026
    assert all(s.score.lines[0].points == 8 for s in board.standings)
    assert {r.first_year for r in versions.rubrics if r.key == "five_goods"} == {2024, 2026}
    ended = _with("scoring.toml", "first_year = 2024", "first_year = 2024\nlast_year = 2025")
    with pytest.raises(UserError, match="2026 年没有起用的评分办法"):
        read_board(demo, reader, ended, MONTH)


def test_a_township_sees_its_own_score_and_marks_only(demo, catalog):
    clerk = Person("long", "龙坝填报员", "township_clerk", LONGBA)
    reader = open_reader(demo, scope=make_scope(catalog, clerk))
    board, whole = read_board(demo, reader, catalog, MONTH), read_board(demo, open_reader(demo), catalog, MONTH)
    assert [s.township_code for s in board.standings] == [LONGBA]
    assert board.standing(LONGBA).score.total == whole.standing(LONGBA).score.total
    assert {c.township_code for c in board.claims} | {f.township_code for f in board.findings} | {a.township_code for a in board.acts} == {LONGBA}
    assert len(list_acts(demo)) > len(board.acts) > 0


def _at(home, place: str, flat: bool = False):
    catalog = load_catalog(overlay=home.overlay)
    return open_reader(home, scope=make_scope(catalog, VISITOR, place=place, flat=flat)), narrow_catalog(catalog, place)


@pytest.mark.parametrize("place", ["99", "9901", "9902"])
def test_above_a_county_the_self_check_is_the_counties_added_up(province, place):
    reader, catalog = _at(province, place)
    assert is_added_up(catalog)
    board = read_board(province, reader, catalog, MONTH, below=_at(province, place, flat=True)[0])
    tree, leaves = catalog.places, [p for p in catalog.places.below(place) if p.level == "county"]
    counties = {p.code: read_board(province, *_at(province, p.code), MONTH) for p in leaves}
    assert not any(is_added_up(_at(province, code)[1]) for code in counties)
    for s in board.standings:
        inside = [b for code, b in counties.items() if tree.holds(s.township_code, code)]
        for standard in VERIFIED:
            assert board.tally(standard, s.township_code) == sum((b.tally(standard) for b in inside), Tally()) != Tally()
            fact, tally = s.figures[VERIFIED[standard]], board.tally(standard, s.township_code)
            assert (fact.numerator, fact.denominator) == (tally.verified, tally.unions)
        assert board.verdicts.get(s.township_code, Counter()) == sum((v for b in inside for v in b.verdicts.values()), Counter())
    assert board.claims == board.findings == () and sum(v.total() for v in board.verdicts.values()) > 0


def test_two_townships_may_have_unions_of_one_name(province):
    rows = open_reader(province).rows("select union_name from standard_progress where period = $m group by 1 having count(distinct township_code) > 1", {"m": MONTH})
    assert rows  # else the sums above would be right for names alone


def test_a_tally_is_what_the_claims_say(demo, catalog):
    doubting = _with("contradictions.toml", "months = 12\nreported = 12\nverdict = \"deny\"", "months = 2\nreported = 2\nverdict = \"deny\"")
    board = read_board(demo, open_reader(demo), doubting, MONTH)
    for s in board.standings:
        for standard in VERIFIED:
            unions: dict[str, list] = {}
            for c in board.claims:
                if (c.township_code, c.standard) == (s.township_code, standard):
                    unions.setdefault(c.union_name, []).append(c)
            own, verified = (sum(all(getattr(c, name) for c in claims) for claims in unions.values()) for name in ("met", "verified"))
            assert board.tally(standard, s.township_code) == Tally(len(unions), own, verified, any(c.reported for claims in unions.values() for c in claims))
    whole = board.tally("eight_haves")
    assert 0 < whole.verified < whole.own < whole.unions  # denied somewhere


def test_what_is_due_on_the_month_s_last_day_is_not_overdue_yet(home, catalog):
    head = ["日期", "单位", "类型", "发现隐患数", "整改隐患数", "整改期限"]
    rows = [["2026-03-10", UNION, "隐患排查", 5, 2, "2026-03-31"], ["2026-03-11", UNION, "隐患排查", 4, 2, "2026-03-30"]]
    load_bytes(home, catalog, "月报.xlsx", workbook({**GOOD, "安全生产台账": [head, *rows]}))
    board = read_board(home, open_reader(home), catalog, date(2026, 3, 1))
    overdue = {s.township: s.figures["hazards_overdue"].numerator for s in board.standings if "hazards_overdue" in s.figures}
    assert overdue == {"城关镇": 2}
