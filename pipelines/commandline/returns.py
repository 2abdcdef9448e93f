"""status, approve, return, lock, unlock, remind, nil: who has reported, and what the county does about it."""

from __future__ import annotations

import re
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date

from pipelines.catalog.model import Catalog
from pipelines.catalog.names import clear_name, clear_names
from pipelines.catalog.period import format_period, name_period
from pipelines.commandline.options import add_json, advise, find_catalog, print_json, read_period, read_township
from pipelines.faults import UserError
from pipelines.home import find_home
from pipelines.intake.load import load_bytes
from pipelines.reports.nil import make_nil, nil_name
from pipelines.warehouse.decision import PUNCTUALITY, STATES, Cell
from pipelines.warehouse.reader import Reader, open_reader
from pipelines.workflow import review
from pipelines.workflow.reminders import read_reminders
from pipelines.workflow.status import read_status

_CELL = re.compile(r"(.+)!(\$?[A-Za-z]{1,3}\$?[0-9]{1,7})(?:=(.*))?", re.DOTALL)


def _verb(verbs, name: str, what: str, run, by: bool = True) -> ArgumentParser:
    parser = verbs.add_parser(name, help=what)
    if by:
        parser.add_argument("--by", default="命令行", help="经办人")
    add_json(parser)
    parser.set_defaults(run=run)
    return parser


def _add_month(parser: ArgumentParser, township: bool = False) -> None:
    parser.add_argument("--period", required=True, help="报送月份，如 2026-03")
    parser.add_argument("--township", required=township, help="乡镇代码或名称" + ("" if township else "；不写就是全部"))


def add_verbs(verbs) -> None:
    """Adds the verbs of this module."""
    _verb(verbs, "status", "查看各乡镇报送情况", run_status, by=False).add_argument("--period", help="报送月份，如 2026-03；不写就是最近的月份")
    _verb(verbs, "approve", "审核通过", run_approve).add_argument("ids", nargs="+", metavar="回执号")
    back = _verb(verbs, "return", "退回修改", run_return)
    back.add_argument("id", metavar="回执号")
    back.add_argument("--reason", required=True, help="退回的原因，乡镇看得到")
    back.add_argument("--cell", action="append", default=[], metavar="工作表!C7[=说明]", help="要改的单元格，可以写多个")
    _add_month(_verb(verbs, "lock", "锁定审核通过的月报", run_lock))
    unlock = _verb(verbs, "unlock", "解锁", run_unlock)
    _add_month(unlock)
    unlock.add_argument("--reason", required=True, help="解锁的原因")
    _add_month(_verb(verbs, "remind", "催报：登记并给出催报的话", run_remind))
    nil = _verb(verbs, "nil", "不用文件的零报告：还没报的台账都没有发生", run_nil)
    _add_month(nil, township=True)
    nil.add_argument("--correct", default="", metavar="原因", help="月报已审核通过或锁定的，写明订正的原因")


def _standing(row: dict[str, object]) -> str:
    words = STATES[row["state"]]
    if row["state"] == "returned":
        words += f"（{row['return_reason']}）"
    elif row["state"] == "resubmitted":
        words = f"重报待审（第 {row['resubmissions']} 次重报）"
    return words + ("，有订正" if row["corrected"] else "")


def _line(row: dict[str, object], name: str) -> str:
    reminded = f"，已催报 {row['reminders']} 次（最近 {row['reminded_at']:%Y-%m-%d}）" if row["reminders"] else ""
    if row["status"] == "missing":
        return f"{name}：未报{reminded}"
    when = f"{PUNCTUALITY[row['status']]}{'（补报）' if row['supplementary'] else ''}，{row['received_at']:%Y-%m-%d %H:%M} 收到"
    nil = "（全部零报告）" if row["nil_return"] else f"（零报告 {row['nil_forms']} 张）" if row["nil_forms"] else ""
    explained = f"（已说明 {row['explained_warnings']} 处）" if row["explained_warnings"] else ""
    warnings = f"，待核对 {row['open_warnings']} 处{explained}" if row["open_warnings"] else ""
    told = f"，第 {row['versions']} 次，{row['forms']} 张表{nil}{warnings}{reminded}，回执号 {row['submission_id']}"
    return f"{name}：{_standing(row)}，{when}{told}"


def _plain(row: dict[str, object]) -> dict[str, object]:
    return {k: v.isoformat() if isinstance(v, date) else v for k, v in row.items()}


def run_status(arguments: Namespace) -> int:
    """One line per township, the missing ones named at the end."""
    reader = open_reader(find_home())
    period, rows = read_status(reader, read_period(arguments.period))
    if arguments.json:
        print_json({"period": format_period(period), "release": reader.release, "townships": [_plain(row) for row in rows]})
        return 0
    known = clear_names(find_catalog())
    names = [known.get(str(row["township_code"]), str(row["township"])) for row in rows]
    missing = [name for name, r in zip(names, rows, strict=True) if r["status"] == "missing"]
    print(f"{name_period(period)}月报，期限 {rows[0]['due']}：")
    print("\n".join(f"  {_line(row, name)}" for name, row in zip(names, rows, strict=True)))
    waiting = sum(r["state"] in ("submitted", "resubmitted") for r in rows)
    print(f"应报 {len(rows)} 个乡镇，已报 {len(rows) - len(missing)} 个，待审 {waiting} 个" + (f"，未报：{'、'.join(missing)}。" if missing else "，全部到齐。"))
    return 0


def _done(arguments: Namespace, release: str, said: str, **told: object) -> int:
    if arguments.json:
        print_json({"action": arguments.verb, "release": release, **told})
    else:
        print(f"{said}发布版本 {release}。")
    return 0


def run_approve(arguments: Namespace) -> int:
    """Approves uploads, all of them or none."""
    ids = [review.read_number(i) for i in arguments.ids]
    release = review.approve(find_home(), find_catalog(), ids, arguments.by)
    return _done(arguments, release, f"已审核通过：{'、'.join(ids)}。", submission_ids=ids)


def _read_cell(text: str) -> Cell:
    found = _CELL.fullmatch(text)
    if not found:
        raise UserError(f"单元格“{text}”看不懂。", "请写成 工作表!C7 或 工作表!C7=说明 这样。")
    return Cell(found[1], found[2].replace("$", ""), found[3] or "")


def run_return(arguments: Namespace) -> int:
    """Returns an upload with a reason."""
    number, cells = review.read_number(arguments.id), [_read_cell(c) for c in arguments.cell]
    release = review.return_submission(find_home(), find_catalog(), number, arguments.reason, cells, arguments.by)
    return _done(arguments, release, f"已退回：{number}（{arguments.reason.strip()}）。", submission_ids=[number], reason=arguments.reason.strip(), cells=[asdict(c) for c in cells])


def _in_state(reader: Reader, period: date, state: str) -> list[str]:
    return [code for (code,) in reader.rows("select township_code from submission_status where period = $p and state = $s order by 1", {"p": period, "s": state})]


def _chosen(catalog: Catalog, arguments: Namespace, period: date, state: str) -> list[str]:
    """The named township, or all of the month that stand so."""
    if arguments.township:
        return [read_township(catalog, arguments.township)]
    codes = _in_state(open_reader(find_home()), period, state)
    if not codes:
        raise UserError(f"{name_period(period)}没有“{STATES[state]}”的月报。", "请用 status 查看各乡镇的状态。")
    return codes


def _names(catalog: Catalog, codes: Sequence[str]) -> str:
    return "、".join(clear_name(catalog, catalog.township(c)) for c in codes)


def run_lock(arguments: Namespace) -> int:
    """Locks a township's month, or all that are approved, and names the ones that are left."""
    catalog, period = find_catalog(), read_period(arguments.period)
    codes = _chosen(catalog, arguments, period, "approved")
    release = review.lock(find_home(), catalog, codes, period, arguments.by)
    left = [] if arguments.township else [c for s in STATES if s != "locked" for c in _in_state(open_reader(find_home()), period, s)]
    said = f"已锁定：{_names(catalog, codes)}。" + (f"还没有审核通过、没有锁定的：{_names(catalog, sorted(left))}。" if left else "")
    return _done(arguments, release, said, period=format_period(period), townships=codes, left=sorted(left))


def run_unlock(arguments: Namespace) -> int:
    """Unlocks a township's month, or all that are locked."""
    catalog, period = find_catalog(), read_period(arguments.period)
    codes = _chosen(catalog, arguments, period, "locked")
    release = review.unlock(find_home(), catalog, codes, period, arguments.reason, arguments.by)
    return _done(arguments, release, f"已解锁：{_names(catalog, codes)}。", period=format_period(period), townships=codes, reason=arguments.reason.strip())


def run_remind(arguments: Namespace) -> int:
    """Prints the words for each township that is missing or returned and for all, and notes that they were reminded."""
    home, catalog, period = find_home(), find_catalog(), read_period(arguments.period)
    named = (read_township(catalog, arguments.township),) if arguments.township else ()
    found = read_reminders(open_reader(home), catalog, period, township_codes=named)
    codes = [r.township_code for r in found.each] or list(named)  # a named township that needs none is told why
    release = review.remind(home, catalog, codes, period, arguments.by) if codes else None
    if arguments.json:
        told = {"due": found.due.isoformat(), "tone": found.tone, "days": found.days, "each": [asdict(r) for r in found.each], "everyone": found.everyone}
        print_json({"action": "remind", "release": release, "period": format_period(period), **told})
    elif not codes:
        print(f"{name_period(period)}月报都已报送，没有要催报的乡镇。")
    else:
        print("\n\n".join([*(r.text for r in found.each), *([found.everyone] if len(found.each) > 1 else [])]))
        print(f"\n已登记催报 {len(codes)} 个乡镇，发布版本 {release}。")
    return 0


def run_nil(arguments: Namespace) -> int:
    """Reports every ledger that the township has not reported for the month as nil."""
    home, catalog, period = find_home(), find_catalog(), read_period(arguments.period)
    township = catalog.township(read_township(catalog, arguments.township))
    content = make_nil(open_reader(home), catalog, township, period)
    name = nil_name(township, period)
    report = load_bytes(home, catalog, name, content, township_code=township.code, period=period, by=arguments.by, correction=arguments.correct, by_county=True)
    if arguments.json:
        print_json(report.as_dict())
    elif report.status == "loaded":
        print(f"{township.name}{name_period(period)}零报告已入库，回执号 {report.submission_id}：{'、'.join(catalog.form(f).title for f in report.forms)}。")
    else:
        print("\n".join(advise(p) for p in report.problems if p.severity == "error"))
    return 1 if report.status == "refused" else 0
