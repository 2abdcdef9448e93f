"""template and export: spreadsheets out."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from pipelines.access.accounts import find_account, has_accounts
from pipelines.access.model import OPEN, Person
from pipelines.audit.log import Event, append_events
from pipelines.catalog.names import clear_name
from pipelines.catalog.narrow import catalog_of_township
from pipelines.catalog.period import name_period
from pipelines.commandline.options import add_json, find_catalog, print_json, read_period, read_periods, read_place, read_township
from pipelines.commandline.rolling import export_inputs
from pipelines.durable import check_free
from pipelines.faults import UserError
from pipelines.home import find_home
from pipelines.reports.export import Counted, check_ending, write_export
from pipelines.reports.filter_values import check_values
from pipelines.reports.mark import check_reason, record_personal
from pipelines.reports.numbers import count
from pipelines.reports.partitioned import read_months, write_partitioned
from pipelines.reports.prefill import read_stock_rows
from pipelines.reports.table import AUDIT, Selection, describe_selection, find_column, is_kept, list_tables, read_table
from pipelines.reports.template import write_template
from pipelines.reports.words import table_words
from pipelines.rollup.inputs import INPUTS
from pipelines.warehouse.reader import open_reader
from pipelines.warehouse.scope import make_scope


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
    export.add_argument("table", metavar="表名", help="表名；inputs 是汇总多个县（rollup）用的全部数据")
    export.add_argument("--period", help="月份或范围，如 2026-01..2026-03")
    export.add_argument("--township", help="乡镇代码或名称")
    export.add_argument("--place", help="乡镇以上的一个地方，代码或名称；不写就是全部")
    export.add_argument("--where", action="append", default=[], metavar="列=值", help="筛选，可以写多个；列写标题或列名，值写字或代码")
    export.add_argument("--personal", action="store_true", help="姓名不遮盖；要写明理由，会记入操作记录和文件")
    export.add_argument("--reason", metavar="理由", help="为什么要导出个人信息")
    export.add_argument("--by", metavar="账号", help="按这个账号的权限导出；有账号的看板，导出个人信息必须写")
    export.add_argument("--partitioned", action="store_true", help="写成按月分开的 Parquet 文件夹（period=2026-01-01/…），--out 写文件夹")
    export.add_argument("--out", required=True, help="输出文件，以 .csv、.xlsx 或 .parquet 结尾；加了 --partitioned 的写文件夹")
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
        path = Path(arguments.out) / f"{clear_name(catalog, township)}{name_period(period)}工会月报.xlsx"
        own = catalog_of_township(catalog, township.code)
        written.append(str(write_template(path, own, township, period, read_stock_rows(reader, own, township.code, period))))
    if arguments.json:
        print_json({"files": written})
    else:
        print("\n".join(f"已生成：{path}" for path in written))
    return 0


def _read_where(words: list[str]) -> dict[str, str]:
    pairs = [word.partition("=") for word in words]
    if any(not sign for _, sign, _ in pairs):
        raise UserError("筛选条件要写成 列=值。", "例如 --where 救助类别=送温暖慰问。")
    return {name: value for name, _, value in pairs}


def _find_person(arguments: Namespace) -> Person:
    """On whose behalf the file is written: an account, else whoever has the command line, who may do everything but take names unnamed."""
    if arguments.by is not None:
        account = find_account(find_home(), arguments.by)
        if account.disabled:
            raise UserError(f"账号“{account.person.account}”已停用。", "请换一个账号。")
        return account.person
    if arguments.personal and has_accounts(find_home()):
        raise UserError("导出个人信息要写明是谁。", "请加上 --by 账号，这个账号要能查看个人信息。")
    return Person("命令行", "命令行", OPEN)


def _check_export(arguments: Namespace, person: Person) -> None:
    """UserError where the person may not have the table, or names in clear, or gives no reason for them."""
    if arguments.reason is not None and not arguments.personal:
        raise UserError("--reason 只和 --personal 一起用。", "不导出个人信息就不用写理由。")
    if not person.may("export") or (arguments.table == AUDIT and not person.may("read_audit")):
        raise UserError(f"账号“{person.account}”不能导出这张表。", "请换一个账号，或联系县总工会的系统管理员。")
    if arguments.personal and person.may("see_personal"):
        check_reason(arguments.reason)


def run_export(arguments: Namespace) -> int:
    """Writes the selected rows; what leaves is recorded first."""
    catalog, person, out = find_catalog(), _find_person(arguments), Path(arguments.out)
    _check_export(arguments, person)
    if arguments.table == INPUTS:
        return export_inputs(arguments, person)
    check, read = (check_free, read_months) if arguments.partitioned else (check_ending, read_table)
    check(out)
    code, above = read_township(catalog, arguments.township, county=True), read_place(catalog, arguments.place)
    reader = open_reader(find_home(), scope=make_scope(catalog, person, export=True, personal=arguments.personal, place=above, flat=True), sparing=is_kept(arguments.table))
    where = {find_column(reader, catalog, arguments.table, name): value for name, value in _read_where(arguments.where).items()}
    selection = Selection(arguments.table, read_periods(arguments.period), code, where, personal=arguments.personal, place=above)
    check_values(reader, catalog, selection)
    rows = Counted(read(reader, catalog, selection))
    batches, mark = rows.batches, None
    if arguments.personal:
        mark = record_personal(find_home(), catalog, person, selection, "parquet" if arguments.partitioned else out.suffix[1:], arguments.reason)
    else:
        place = code or above or person.township_code
        append_events(find_home(), [Event("export", person.account, arguments.table, place, detail=describe_selection(catalog, selection))])
    if arguments.partitioned:
        write_partitioned(batches, out, mark)
    else:
        write_export(batches, out, mark, table_words(catalog, selection.table), list_tables(catalog)[selection.table])
    if arguments.json:
        print_json({"table": arguments.table, "file": str(out), "rows": rows.count})
    else:
        print(f"已导出：{out}（{count(rows.count)} 行）" + ("。没有符合条件的行，文件里只有列标题。" if not rows.count else ""))
    return 0
