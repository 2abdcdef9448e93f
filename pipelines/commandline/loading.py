"""check, load, demo: spreadsheets in, and what became of them."""

from __future__ import annotations

from argparse import Namespace

from pipelines.commandline.annotating import annotate, prepare_folder
from pipelines.commandline.options import add_json, advise, find_catalog, print_json, read_paths, read_period, read_township, say
from pipelines.demo.make import make_demo
from pipelines.faults import Problem, UserError
from pipelines.home import find_home
from pipelines.intake.load import check_files, load_files
from pipelines.intake.read import SPREADSHEETS
from pipelines.intake.report import FileReport, LoadReport
from pipelines.warehouse.releases import read_current

WORDS = {"loaded": "已入库", "valid": "没有错误", "refused": "未入库", "unchanged": "与已入库的相同"}


def add_verbs(verbs) -> None:
    """Adds the verbs of this module."""
    for verb, what, run in (("check", "读取并检查，不入库", run_check), ("load", "检查、入库并发布", run_load)):
        parser = verbs.add_parser(verb, help=what)
        parser.add_argument("paths", nargs="+", metavar="文件或文件夹")
        parser.add_argument("--township", help="乡镇代码或名称")
        parser.add_argument("--period", help="报送月份，如 2026-03")
        parser.add_argument("--correct", default="", metavar="原因", help="订正已审核通过或锁定的月报，写明原因；原来的数和改后的数都保留")
        if verb == "load":
            parser.add_argument("--by", default="命令行", help="经办人")
            parser.add_argument("--explain", default="", help="对“请说明原因”的提示的书面说明，随这次报送保存")
        else:
            parser.add_argument("--annotate", metavar="文件夹", help="把标注好的表格（<原名>-核对.xlsx）写到这个文件夹")
        add_json(parser)
        parser.set_defaults(run=run)
    demo = verbs.add_parser("demo", help="生成演示县的月报并入库")
    demo.add_argument("--months", type=int, default=24, help="月数，默认 24")
    demo.add_argument("--seed", type=int, default=7, help="随机种子")
    demo.add_argument("--level", choices=("county", "city", "province"), default="county", help="演示到哪一级：county 一个县（默认）、city 一个市、province 一个省，市和省是虚构的")
    add_json(demo)
    demo.set_defaults(run=run_demo)


def show_progress(done: int, total: int, file: FileReport) -> None:
    """Says how far a long load is, every hundred files."""
    if done % 100 == 0:
        say(f"已读入 {done} / {total} 份……")


def _place(problem: Problem) -> str:
    return " ".join(p for p in (problem.sheet, problem.cell) if p) or "整个文件"


def _show_file(file: FileReport) -> None:
    rows = sum(t.rows for tables in file.forms.values() for t in tables)
    print(f"{file.file}：{WORDS[file.status]}" + (f"，{len(file.forms)} 张表 {rows} 行" if file.status in ("loaded", "valid") else ""))
    for problem in file.problems:
        print(f"  [{problem.word}] {_place(problem)}：{advise(problem)}")


def _finish(report: LoadReport, as_json: bool, more: list[dict[str, object]] | None = None) -> int:
    """Prints the report; `more` adds to each file's object."""
    if as_json:
        found = report.as_dict()
        found["files"] = [file | added for file, added in zip(found["files"], more or [{}] * len(report.files), strict=True)]
        print_json(found)
    else:
        for file in report.files:
            _show_file(file)
        refused = sum(f.status == "refused" for f in report.files)
        print(f"共 {len(report.files)} 个文件，{refused} 个未通过。" + (f"当前发布版本 {report.release}。" if report.release else ""))
    return 1 if any(f.status == "refused" for f in report.files) else 0


def run_check(arguments: Namespace) -> int:
    """Reads and checks; loads nothing."""
    catalog = find_catalog()
    paths = read_paths(arguments.paths, SPREADSHEETS)
    code, period = read_township(catalog, arguments.township), read_period(arguments.period)
    folder = prepare_folder(arguments.annotate) if arguments.annotate else None
    report = check_files(find_home(), catalog, paths, township_code=code, period=period, correction=arguments.correct, by_county=True)
    more = [{"annotated": path} for path in annotate(paths, report.files, folder)] if folder else None
    return _finish(report, arguments.json, more)


def run_load(arguments: Namespace) -> int:
    """Checks, loads and publishes; a bad file does not stop the others."""
    catalog = find_catalog()
    paths = read_paths(arguments.paths, SPREADSHEETS)
    code, period = read_township(catalog, arguments.township), read_period(arguments.period)
    report = load_files(find_home(), catalog, paths, township_code=code, period=period, by=arguments.by, explanation=arguments.explain, correction=arguments.correct, by_county=True, progress=show_progress)
    return _finish(report, arguments.json)


def run_demo(arguments: Namespace) -> int:
    """Makes the demo county; refuses to mix it with data that is already there."""
    home = find_home()
    if arguments.months < 1 or arguments.months > 120:
        raise UserError("月数要在 1 到 120 之间。", "请修改 --months。")
    if read_current(home) is not None:
        raise UserError(f"{home.path} 里已经有数据，不能再混入演示数据。", "请把环境变量 UNION_BOARD_HOME 指向一个空文件夹后再运行 demo。")
    say(f"正在生成 {arguments.months} 个月的演示月报……")
    report = make_demo(home, arguments.months, arguments.seed, show_progress, arguments.level)
    if arguments.json:
        print_json(report.as_dict())
    else:
        loaded = sum(f.status == "loaded" for f in report.files)
        print(f"演示数据已生成：{loaded} 份月报入库，{len(report.files) - loaded} 份有错未入库（演示用）。发布版本 {report.release}。")
    return 0
