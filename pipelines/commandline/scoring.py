"""score: how townships stand under a rubric, derived point by point."""

from __future__ import annotations

from argparse import Namespace
from datetime import date
from fractions import Fraction
from pathlib import Path

from pipelines.audit.log import Event, append_events
from pipelines.catalog.model import Catalog
from pipelines.catalog.names import clear_names
from pipelines.catalog.period import format_period, name_period
from pipelines.commandline.options import add_json, find_catalog, print_json, read_period, read_township
from pipelines.faults import UserError
from pipelines.home import find_home
from pipelines.reports.export import write_export
from pipelines.reports.scores import list_rows, number, score_table, score_words
from pipelines.scoring.board import Board, Standing, read_board
from pipelines.scoring.figure import exact
from pipelines.scoring.lift import find_lifts, try_change
from pipelines.scoring.words import deduction_text, derive, lift_text, line_points, plain, points_text, source_name, total_text, veto_text
from pipelines.warehouse.reader import Reader, open_reader

_NEWEST = "select max(period) from submission_status"


def add_verbs(verbs) -> None:
    """Adds the verb of this module."""
    parser = verbs.add_parser("score", help="按评分办法算分，逐项列出怎样得来")
    parser.add_argument("--period", help="月份，如 2026-03；不写就是最近的月份")
    parser.add_argument("--township", help="乡镇代码或名称；不写就是全部，只列总分和名次")
    parser.add_argument("--rubric", default="", help="评分办法的代码；不写就是当年起用的")
    parser.add_argument("--what-if", action="append", default=[], metavar="指标=数", help="如果这个数再多这么多，会得几分；可以写多个，要和 --township 一起用")
    parser.add_argument("--out", help="输出文件，以 .csv、.xlsx 或 .parquet 结尾，一个乡镇一项一行")
    add_json(parser)
    parser.set_defaults(run=run_score)


def _month(reader: Reader, text: str | None) -> date:
    period = read_period(text) or reader.rows(_NEWEST)[0][0]
    if period is None or not reader.rows("select 1 from submission_status where period = $period limit 1", {"period": period}):
        raise UserError("这个月还没有任何乡镇报送，算不了分。", "请核对月份，或先用 load 载入月报。")
    return period


def _place(standing: Standing) -> str:
    return f"第 {standing.rank} 名" if standing.rank else "可评的不足，不排名"


def _print_all(catalog: Catalog, board: Board) -> None:
    names = clear_names(catalog)
    print(f"{name_period(board.period)}，{board.rubric.name}，满分 {plain(board.rubric.full)}：")
    for s in sorted(board.standings, key=lambda s: (s.rank or 999, s.township_code)):
        own = f"，自评 {points_text(s.score.own_total)}" if s.score.own_total is not None else ""
        print(f"  {names.get(s.township_code, s.township)}：{total_text(s.score)}，{_place(s)}{own}")


def _print_group(catalog: Catalog, group) -> None:
    points = points_text(group.points) + (f" / {plain(group.group.full)}" if group.judged == exact(group.group.full) else f" / 可评 {plain(group.judged)}")
    print(f"{group.group.name}：{points}")
    for line in group.lines:
        own = f"（自评 {plain(line.own.points)}）" if line.own else ""
        print(f"  {line.item.name} {line_points(line)} / {plain(line.item.full)}{own}：{derive(catalog, line)}")
    for deduction in group.deductions:
        print(f"  本组另扣：{deduction_text(deduction)}")


def _print_one(catalog: Catalog, board: Board, standing: Standing) -> None:
    score = standing.score
    print(f"{standing.township}{name_period(board.period)}，{board.rubric.name}：{total_text(score)}，{_place(standing)}")
    for group in score.groups:
        _print_group(catalog, group)
    for veto, mark in score.vetoes:
        print(f"{veto_text(veto, mark.remark if mark else '')}；否决前 {points_text(score.before_veto)} 分")
    if months := board.missing_months.get(standing.township_code):
        print(f"注意：{'、'.join(f'{m.month}月' for m in months)}未报，累计的指标只计已报的月份。")
    for finding in (f for f in board.findings if f.township_code == standing.township_code):
        denied = "不予认定" if finding.rule.verdict == "deny" else "存疑"
        print(f"{denied}：{finding.union_name or standing.township}，{finding.reason}（{finding.place}）")
    for lift in find_lifts(score, standing.figures, standing.marks)[:3]:
        print(f"可以提分：{lift_text(catalog, lift)}")


def read_changes(standing: Standing, words: list[str]) -> list[tuple[str, Fraction]]:
    """(figure, change) of each `指标=数`; UserError for a figure that the township has not, or no number."""
    changes = []
    for word in words:
        source, _, text = word.partition("=")
        try:
            change = Fraction(text)
        except (ValueError, ZeroDivisionError):
            raise UserError(f"“{word}”看不懂。", "请写成 org_union_rate=3 这样。") from None
        if source not in standing.figures:
            raise UserError(f"{standing.township}没有“{source}”这个数。", "请写评分办法里的指标代码。")
        changes.append((source, change))
    return changes


def _what_if(standing: Standing, words: list[str]) -> list[tuple[str, Fraction, Fraction | None]]:
    told = []
    for source, change in read_changes(standing, words):
        told.append((source, change, try_change(standing.score, standing.figures, standing.marks, source, change).total))
    return told


def _as_json(catalog: Catalog, board: Board, reader: Reader, code: str | None, changes: list[tuple[str, Fraction, Fraction | None]]) -> dict[str, object]:
    wanted = [s for s in board.standings if code in (None, s.township_code)]
    townships = [{"township_code": s.township_code, "township": s.township, "total": number(s.score.total), "judged": number(s.score.judged), "rank": s.rank,
                  "self_total": number(s.score.own_total), "vetoes": [v.key for v, _ in s.score.vetoes]} for s in wanted]  # fmt: skip
    findings = [{"township_code": f.township_code, "union_name": f.union_name, "item": f.rule.claim, "rule": f.rule.key, "verdict": f.rule.verdict, "reason": f.reason,
                 "source_file": f.source_file, "source_sheet": f.source_sheet, "source_row": f.source_row} for f in board.findings if code in (None, f.township_code)]  # fmt: skip
    told = {"release": reader.release, "period": format_period(board.period), "rubric": board.rubric.key, "townships": townships}
    what_if = [{"source": s, "change": number(c), "total": number(t)} for s, c, t in changes]
    return told | {"items": list_rows(catalog, board, code), "contradictions": findings, "what_if": what_if}


def run_score(arguments: Namespace) -> int:
    """Totals and ranks of all, or one township's derivation with what would raise it."""
    catalog, home = find_catalog(), find_home()
    reader = open_reader(home)
    code = read_township(catalog, arguments.township)
    if arguments.what_if and code is None:
        raise UserError("试算要写明乡镇。", "请加上 --township。")
    board = read_board(home, reader, catalog, _month(reader, arguments.period), arguments.rubric)
    changes = _what_if(board.standing(code), arguments.what_if) if code else []
    if arguments.out:
        append_events(home, [Event("export", "命令行", "score", code, board.period, detail=board.rubric.key)])
        write_export(score_table(list_rows(catalog, board, code)), Path(arguments.out), words=score_words(board.rubric), title="评分")
    if arguments.json:
        print_json(_as_json(catalog, board, reader, code, changes))
        return 0
    if code:
        _print_one(catalog, board, board.standing(code))
    else:
        _print_all(catalog, board)
    for source, change, total in changes:
        print(f"试算：{source_name(catalog, source)}的数再{'加' if change >= 0 else '减'} {plain(abs(change))}，得 {points_text(total)} 分")
    if arguments.out:
        print(f"已导出：{arguments.out}")
    return 0
