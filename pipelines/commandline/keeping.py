"""releases, rollback, rebuild, backup, restore: what is kept, and the way back."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from pipelines.commandline.options import add_json, print_json
from pipelines.home import find_home
from pipelines.intake.rebuild import rebuild, roll_back
from pipelines.warehouse.releases import list_releases
from pipelines.workflow.backup import make_backup, restore_backup


def add_verbs(verbs) -> None:
    """Adds the verbs of this module."""
    for verb, what, run in (("releases", "列出发布版本", run_releases), ("rebuild", "由原始文件重建", run_rebuild)):
        parser = verbs.add_parser(verb, help=what)
        add_json(parser)
        parser.set_defaults(run=run)
    for verb, what, run in (("backup", "把全部数据备份成一个文件", run_backup), ("restore", "把备份恢复到空文件夹", run_restore)):
        parser = verbs.add_parser(verb, help=what)
        parser.add_argument("file", metavar="备份文件")
        add_json(parser)
        parser.set_defaults(run=run)
    back = verbs.add_parser("rollback", help="恢复到以前的发布版本")
    back.add_argument("id", metavar="版本编号")
    add_json(back)
    back.set_defaults(run=run_rollback)


def run_releases(arguments: Namespace) -> int:
    """Lists the releases, newest last."""
    found = list_releases(find_home())
    if arguments.json:
        rows = [{"id": r.id, "published_at": r.published_at.isoformat(), "bytes": r.bytes, "current": r.current, "note": r.note} for r in found]
        print_json({"releases": rows})
    else:
        print("\n".join(f"{r.id}  {r.published_at:%Y-%m-%d %H:%M}  {r.bytes / 1e6:.1f} MB  {'当前' if r.current else '    '}  {r.note}" for r in found) or "还没有发布版本。")
    return 0


def _say_release(release: str, words: str, as_json: bool) -> int:
    if as_json:
        print_json({"release": release})
    else:
        print(f"{words}，当前发布版本 {release}。")
    return 0


def run_rebuild(arguments: Namespace) -> int:
    """Makes the warehouse anew from the kept originals."""
    return _say_release(rebuild(find_home()), "已由原始文件重建", arguments.json)


def run_rollback(arguments: Namespace) -> int:
    """Goes back to an earlier release."""
    return _say_release(roll_back(find_home(), arguments.id), f"已恢复到版本 {arguments.id}", arguments.json)


def run_backup(arguments: Namespace) -> int:
    """Writes one file that holds everything."""
    return _say_release(make_backup(find_home(), Path(arguments.file)), f"已备份到 {arguments.file}，并核对无误", arguments.json)


def run_restore(arguments: Namespace) -> int:
    """Fills an empty home from a backup."""
    return _say_release(restore_backup(find_home(), Path(arguments.file)), f"已从 {arguments.file} 恢复", arguments.json)
