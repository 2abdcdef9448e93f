"""summary, check-text and national-return: the county writes, and checks what others wrote."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from pipelines.audit.log import Event, append_events
from pipelines.catalog.reading import READINGS
from pipelines.commandline.options import add_json, find_catalog, print_json, read_place, read_township
from pipelines.durable import write_durably
from pipelines.faults import UserError
from pipelines.home import find_home
from pipelines.reports.national.read import read_national
from pipelines.reports.national.write import write_national
from pipelines.reports.place import open_place
from pipelines.reports.proof.draft import WRONG, annotate_draft, check_draft, count_up
from pipelines.reports.proof.model import STATUSES
from pipelines.reports.summary.draft import make_draft


def add_verbs(verbs) -> None:
    """Adds the verbs of this module."""
    summary = verbs.add_parser("summary", help="写工作总结的初稿（Word）")
    summary.add_argument("--period", required=True, help="年份如 2026，或月份如 2026-03")
    summary.add_argument("--reading", choices=list(READINGS), help="口径：month 月、quarter 季度、half 半年、year 年、statistical_year 统计年度；不写时按年份或月份")
    summary.add_argument("--township", help="乡镇代码或名称；不写就是全县")
    summary.add_argument("--place", help="乡镇以上的一个地方，代码或名称；不写就是全部")
    summary.add_argument("--out", "-o", required=True, help="输出文件，以 .docx 结尾")
    add_json(summary)
    summary.set_defaults(run=run_summary)
    check = verbs.add_parser("check-text", help="核对一份写好的总结里的数字")
    check.add_argument("file", metavar="文件", help=".docx 或文本文件")
    check.add_argument("--period", required=True, help="年份如 2026，或月份如 2026-03")
    check.add_argument("--reading", choices=list(READINGS), help="口径，同 summary")
    check.add_argument("--township", help="乡镇代码或名称；不写就是全县")
    check.add_argument("--place", help="乡镇以上的一个地方，代码或名称；不写就是全部")
    check.add_argument("--annotate", metavar="文件", help="把带批注的 Word 文档写到这里")
    add_json(check)
    check.set_defaults(run=run_check_text)
    national = verbs.add_parser("national-return", help="按全国工会统计年报的项目列出统计年度的数")
    national.add_argument("--year", required=True, help="统计年度，如 2026（上年 10 月至当年 9 月）")
    national.add_argument("--township", help="乡镇代码或名称；不写就是全县")
    national.add_argument("--place", help="乡镇以上的一个地方，代码或名称；不写就是全部")
    national.add_argument("--out", "-o", required=True, help="输出文件，以 .xlsx 结尾")
    add_json(national)
    national.set_defaults(run=run_national)


def write_whole(path: Path, content: bytes) -> None:
    """Writes the file; it appears whole or not at all. UserError where it cannot be written."""
    try:
        write_durably(path, content)
    except OSError:
        raise UserError(f"写不了文件 {path}。", "请关闭正在打开它的程序，或换一个可以写入的文件夹。") from None


def run_summary(arguments: Namespace) -> int:
    """Writes the draft of a work summary; what leaves is recorded first."""
    from pipelines.reports.summary.document.write import write_summary  # Word is loaded only where it is written

    out = Path(arguments.out)
    if out.suffix.lower() != ".docx":
        raise UserError(f"总结是 Word 文档，文件名不能是“{out.name}”。", "文件名请以 .docx 结尾。")
    home, catalog = find_home(), find_catalog()
    code, above = read_township(catalog, arguments.township, county=True), read_place(catalog, arguments.place)
    reader, catalog = open_place(find_home(), catalog, above, code)
    draft = make_draft(reader, home, catalog, code, arguments.period, arguments.reading)
    content = write_summary(draft, home)
    append_events(home, [Event("export", "命令行", draft.title, code or above, detail=f"工作总结 {arguments.period}")])
    write_whole(out, content)
    if arguments.json:
        print_json({"file": str(out), "title": draft.title, "figures": len(draft.annex), "blanks": draft.blanks})
    else:
        print(f"已写好：{out}（{draft.title}，{len(draft.annex)} 个数字有出处，{draft.blanks} 处待补充已标黄）")
    return 0


def _read_bytes(text: str) -> bytes:
    try:
        return Path(text).read_bytes()
    except OSError:
        raise UserError(f"没有这个文件，或打不开：{text}。", "请检查路径。") from None


def run_check_text(arguments: Namespace) -> int:
    """Tells every figure of a draft; 1 where one differs from the data or a sum does not add up."""
    home, catalog, content = find_home(), find_catalog(), _read_bytes(arguments.file)
    code = read_township(catalog, arguments.township, county=True)
    reader, catalog = open_place(find_home(), catalog, read_place(catalog, arguments.place), code)
    findings = check_draft(reader, home, catalog, content, code, arguments.period, arguments.reading)
    if arguments.annotate:
        out = Path(arguments.annotate)
        if out.suffix.lower() != ".docx":
            raise UserError(f"批注版是 Word 文档，文件名不能是“{out.name}”。", "文件名请以 .docx 结尾。")
        write_whole(out, annotate_draft(content, findings))
    if arguments.json:
        print_json({"findings": [f.as_dict() for f in findings], "annotated": arguments.annotate})
    else:
        for finding in findings:
            print(f"  [{STATUSES[finding.status]}] 第 {finding.paragraph + 1} 段“{finding.text}”：{finding.remark}")
        print(f"{Path(arguments.file).name}：{count_up(findings)}" + (f"；批注版在 {arguments.annotate}" if arguments.annotate else ""))
    return 1 if any(f.status in WRONG for f in findings) else 0


def run_national(arguments: Namespace) -> int:
    """Writes the statistical year under the item names of the national return; what leaves is recorded first."""
    out = Path(arguments.out)
    if out.suffix.lower() != ".xlsx":
        raise UserError(f"年报对照表是电子表格，文件名不能是“{out.name}”。", "文件名请以 .xlsx 结尾。")
    home, catalog = find_home(), find_catalog()
    code, above = read_township(catalog, arguments.township, county=True), read_place(catalog, arguments.place)
    reader, catalog = open_place(find_home(), catalog, above, code)
    found = read_national(reader, home, catalog, code, arguments.year)
    content = write_national(found)
    append_events(home, [Event("export", "命令行", found.title, code or above, detail=f"统计年报 {arguments.year}")])
    write_whole(out, content)
    given = sum(bool(line.value) for line in found.lines)
    if arguments.json:
        print_json({"file": str(out), "title": found.title, "items": len(found.lines), "given": given})
    else:
        print(f"已写好：{out}（{found.title}，{len(found.lines)} 项中 {given} 项有数，其余注明了原因）")
    return 0
