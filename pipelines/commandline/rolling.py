"""rollup, and export of what it reads: the figures of many counties at once."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import replace
from pathlib import Path

from pipelines.access.model import Person
from pipelines.audit.log import Event, append_events
from pipelines.catalog.places import FILE, Tree, build_tree, check_lines, read_lines
from pipelines.commandline.options import add_json, find_catalog, print_json, say
from pipelines.durable import check_free
from pipelines.faults import UserError
from pipelines.home import find_home
from pipelines.rollup.inputs import INPUTS, write_inputs
from pipelines.warehouse.reader import open_reader
from pipelines.warehouse.scope import make_scope


def add_verbs(verbs) -> None:
    """Adds the verbs of this module."""
    rollup = verbs.add_parser("rollup", help="在 Apache Spark 上汇总多个县的指标")
    rollup.add_argument("folders", nargs="+", metavar="文件夹", help="各县 export inputs --partitioned 写的文件夹，或放着它们的上一级文件夹")
    rollup.add_argument("--places", metavar="places.csv", help="县以上各级地方的目录（code,name,level,parent）；不写就只算到县")
    rollup.add_argument("--out", required=True, help="输出文件夹")
    add_json(rollup)
    rollup.set_defaults(run=run_rollup)


def export_inputs(arguments: Namespace, person: Person) -> int:
    """Writes what a roll-up reads; only whole, and only for whoever may see everything in it."""
    out, catalog = Path(arguments.out), find_catalog()
    if not arguments.partitioned or arguments.period or arguments.township or arguments.where or arguments.personal:
        raise UserError("汇总用的数据只能整份导出。", f"请运行 export {INPUTS} --partitioned --out 文件夹，不加筛选。")
    if person.township_code is not None or person.place_code is not None or not person.may("see_personal"):
        raise UserError(f"账号“{person.account}”不能导出汇总用的数据。", "这是没有隐去小数的全县数据，请由县工会干事导出。")
    check_free(out)
    reader = open_reader(find_home(), scope=replace(make_scope(catalog, person, export=True), place=None))  # every place under its own code
    reader.rows("select 1 from county")  # says so where there is no data yet
    append_events(find_home(), [Event("export", person.account, INPUTS, detail="汇总用的数据")])
    write_inputs(reader, out)
    if arguments.json:
        print_json({"table": INPUTS, "file": str(out)})
    else:
        print(f"已导出：{out}")
    return 0


def read_tree(text: str) -> Tree:
    """The places of a file; UserError with its first fault."""
    try:
        table = read_lines(Path(text).read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        raise UserError(f"没有这个文件，或读不出来：{text}。", "请检查路径，文件要用 UTF-8 编码。") from None
    for _, where, message in check_lines(table):
        raise UserError(f"{text} {where}：{message}。", "请改正后再汇总。")
    return build_tree({FILE: table, "county.toml": {}})


def run_rollup(arguments: Namespace) -> int:
    """Rolls up."""
    from pipelines.rollup.roll import roll_up

    tree = read_tree(arguments.places) if arguments.places else None
    say("正在汇总，启动 Spark 需要十几秒……")
    done = roll_up([Path(text) for text in arguments.folders], Path(arguments.out), tree)
    if arguments.json:
        print_json({"counties": done.counties, "places": done.places, "folder": arguments.out})
    else:
        print(f"已汇总 {done.counties} 个县、{done.places} 个地方：{arguments.out}")
    return 0
