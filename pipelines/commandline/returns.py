"""status: who has reported, who is late, what is open."""

from __future__ import annotations

from argparse import Namespace

from pipelines.catalog.period import format_period, name_period
from pipelines.commandline.options import add_json, print_json, read_period
from pipelines.home import find_home
from pipelines.warehouse.reader import open_reader
from pipelines.workflow.status import read_status

WORDS = {"on_time": "按时报送", "late": "迟报", "missing": "未报"}


def add_verbs(verbs) -> None:
    """Adds the verbs of this module."""
    parser = verbs.add_parser("status", help="查看各乡镇报送情况")
    parser.add_argument("--period", help="报送月份，如 2026-03；不写就是最近的月份")
    add_json(parser)
    parser.set_defaults(run=run_status)


def _line(row: dict[str, object]) -> str:
    if row["status"] == "missing":
        return f"{row['township']}：未报"
    nil = f"（零报告 {row['nil_forms']} 张）" if row["nil_forms"] else ""
    warnings = f"，待核对 {row['open_warnings']} 处" if row["open_warnings"] else ""
    return f"{row['township']}：{WORDS[row['status']]}，{row['received_at']:%Y-%m-%d %H:%M} 收到，第 {row['versions']} 次，{row['forms']} 张表{nil}{warnings}"


def run_status(arguments: Namespace) -> int:
    """One line per township, the missing ones named at the end."""
    reader = open_reader(find_home())
    period, rows = read_status(reader, read_period(arguments.period))
    if arguments.json:
        plain = [row | {"received_at": row["received_at"].isoformat() if row["received_at"] else None, "due": row["due"].isoformat()} for row in rows]
        print_json({"period": format_period(period), "release": reader.release, "townships": plain})
        return 0
    missing = [str(r["township"]) for r in rows if r["status"] == "missing"]
    print(f"{name_period(period)}月报，期限 {rows[0]['due']}：")
    print("\n".join(f"  {_line(row)}" for row in rows))
    print(f"应报 {len(rows)} 个乡镇，已报 {len(rows) - len(missing)} 个" + (f"，未报：{'、'.join(missing)}。" if missing else "，全部到齐。"))
    return 0
