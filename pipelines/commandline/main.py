"""Reads the words of a command, runs the verb, and is the one place that catches wrong use (exit 2)."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from pipelines.commandline import documents, keeping, loading, meaning, people, returns, rolling, scoring, tables, writing
from pipelines.commandline.parser import Parser
from pipelines.durable import find_disk_fault
from pipelines.faults import UserError
from pipelines.home import read_limits, read_retention


def build_parser() -> Parser:
    """The parser with every verb."""
    parser = Parser(prog="python -m pipelines", description="工会工作指标看板：导入、导出与保管。")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="动作", parser_class=Parser)
    for room in (loading, returns, tables, rolling, scoring, documents, writing, keeping, people, meaning):
        room.add_verbs(verbs)
    return parser


def check_environment() -> None:
    """UserError for a number that cannot be used, before anything is done that it would leave half told."""
    read_limits()
    read_retention()


def find_place_fault(fault: OSError) -> UserError | None:
    """What to tell of a place that cannot be written because of what is there: a file for a folder, a folder for a file; None for any other error."""
    if not isinstance(fault, FileExistsError | NotADirectoryError | IsADirectoryError):
        return None
    where = Path(os.fsdecode(fault.filename2 or fault.filename or ""))
    file = next((p for p in (where, *where.parents) if p.exists() and not p.is_dir()), None)
    message = f"“{file}”是一个文件，不能当文件夹用，写不进去。" if file else f"“{where}”已经是一个文件夹，写不成文件。"
    return UserError(message, "请换一个文件夹或文件名后再试一次。")


def main(words: list[str] | None = None) -> int:
    """Runs one command; 0 done, 1 the data was refused, 2 wrong use."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8")
    words = sys.argv[1:] if words is None else words
    try:
        parser = build_parser()
        arguments, rest = parser.parse_known_args(words)
        if rest:
            parser.error(f"不认识 {' '.join(rest)}")
        check_environment()
        return arguments.run(arguments)
    except UserError as fault:
        print(f"{fault.message}{fault.remedy}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        return 0
    except OSError as fault:
        if (told := find_disk_fault(fault) or find_place_fault(fault)) is None:
            raise
        folder = getattr(told, "folder", "")
        print(f"{told.message}{told.remedy}" + (f"（{folder}）" if folder else ""), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("已中断；已完成的部分都已保存，可以重新运行。", file=sys.stderr)
        return 130
