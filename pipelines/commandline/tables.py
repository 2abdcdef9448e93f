"""template and export: spreadsheets out."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from pipelines.audit.log import Event, append_events
from pipelines.catalog.period import name_period
from pipelines.commandline.options import add_json, find_catalog, print_json, read_period, read_periods, read_township
from pipelines.faults import UserError
from pipelines.home import find_home
from pipelines.reports.export import write_export
from pipelines.reports.prefill import read_stock_rows
from pipelines.reports.table import Selection, describe_selection, read_table
from pipelines.reports.template import write_template
from pipelines.warehouse.reader import open_reader


def add_verbs(verbs) -> None:
    """Adds the verbs of this module."""
    template = verbs.add_parser("template", help="生成预填好的月报模板")
    which = template.add_mutually_exclusive_group(required=True)
    which.add_argument("--township", help="乡镇代码或名称")
    which.add_argument("--all", action="store_true", help="全部乡镇")
    template.add_argument("--period", required=True, help="报送月份，如 2026-03")
    template.add_argument("--out", required=True, help="输出文件夹")
    add_json(template)
    template.set_defaults(run=run_template)
    export = verbs.add_parser("export", help="导出任意一张表")
    export.add_argument("table", metavar="表名")
    export.add_argument("--period", help="月份或范围，如 2026-01..2026-03")
    export.add_argument("--township", help="乡镇代码或名称")
    export.add_argument("--where", action="append", default=[], metavar="列=值", help="筛选，可以写多个")
    export.add_argument("--out", required=True, help="输出文件，以 .csv、.xlsx 或 .parquet 结尾")
    add_json(export)
    export.set_defaults(run=run_export)


def run_template(arguments: Namespace) -> int:
    """Writes one template, or one for each township."""
    catalog, period = find_catalog(), read_period(arguments.period)
    code = read_township(catalog, arguments.township)
    chosen = [t for t in catalog.county.townships if arguments.all or t.code == code]
    reader = open_reader(find_home())
    written = []
    for township in chosen:
        path = Path(arguments.out) / f"{township.name}{name_period(period)}工会月报.xlsx"
        written.append(str(write_template(path, catalog, township, period, read_stock_rows(reader, catalog, township.code, period))))
    if arguments.json:
        print_json({"files": written})
    else:
        print("\n".join(f"已生成：{path}" for path in written))
    return 0


def _read_where(words: list[str]) -> dict[str, str]:
    pairs = [word.partition("=") for word in words]
    if any(not sign for _, sign, _ in pairs):
        raise UserError("筛选条件要写成 列=值。", "例如 --where category=送温暖慰问。")
    return {name: value for name, _, value in pairs}


def run_export(arguments: Namespace) -> int:
    """Writes the selected rows."""
    catalog = find_catalog()
    code = read_township(catalog, arguments.township, county=True)
    selection = Selection(arguments.table, read_periods(arguments.period), code, _read_where(arguments.where))
    out = Path(arguments.out)
    batches = read_table(open_reader(find_home()), catalog, selection)
    append_events(find_home(), [Event("export", "命令行", arguments.table, code, detail=describe_selection(catalog, selection))])
    write_export(batches, out)
    if arguments.json:
        print_json({"table": arguments.table, "file": str(out)})
    else:
        print(f"已导出：{out}")
    return 0
