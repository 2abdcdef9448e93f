"""check-catalog: is the meaning in order."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict

from pipelines.catalog.check import check_catalog
from pipelines.catalog.load import read_catalog_text
from pipelines.commandline.options import add_json, print_json
from pipelines.home import find_home


def add_verbs(verbs) -> None:
    """Adds the verb of this module."""
    parser = verbs.add_parser("check-catalog", help="检查指标目录")
    add_json(parser)
    parser.set_defaults(run=run_check_catalog)


def run_check_catalog(arguments: Namespace) -> int:
    """Names file and key of every fault; exit 1 when there is one."""
    faults = check_catalog(read_catalog_text(overlay=find_home().overlay))
    if arguments.json:
        print_json({"faults": [asdict(f) for f in faults]})
    else:
        print("\n".join(f"{f.file}  {f.key}：{f.message}" for f in faults) or "指标目录没有错误。")
    return 1 if faults else 0
