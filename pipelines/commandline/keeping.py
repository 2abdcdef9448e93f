"""releases, rollback, rebuild, migrate, backup, restore, verify-audit: what is kept, the way back, and the proof."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from pipelines.audit.log import verify_chain
from pipelines.commandline.options import add_json, find_catalog, print_json
from pipelines.home import find_home
from pipelines.intake.rebuild import rebuild, roll_back
from pipelines.warehouse.releases import list_audit_heads, list_releases
from pipelines.workflow.backup import make_backup, restore_backup
from pipelines.workflow.move import move_warehouse


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
    proof = verbs.add_parser("verify-audit", help="核对操作记录有没有被改动过")
    proof.add_argument("--head", metavar="指纹", help="以前抄下的指纹，证明那时的记录还在")
    add_json(proof)
    proof.set_defaults(run=run_verify)
    move = verbs.add_parser("migrate", help="把数据从单个文件迁到 PostgreSQL 和共享存储，或迁回来")
    move.add_argument("--to", required=True, choices=("lake", "file"), metavar="lake|file", help="lake：PostgreSQL 和共享存储；file：单个文件")
    add_json(move)
    move.set_defaults(run=run_migrate)
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


def run_migrate(arguments: Namespace) -> int:
    """Moves the warehouse to the other store."""
    release = move_warehouse(find_home(), find_catalog(), arguments.to == "lake")
    words = "已迁到 PostgreSQL 和共享存储" if arguments.to == "lake" else "已迁回单个文件，现在请去掉环境变量 UNION_BOARD_WAREHOUSE"
    return _say_release(release, words, arguments.json)


def run_backup(arguments: Namespace) -> int:
    """Writes one file that holds everything."""
    return _say_release(make_backup(find_home(), Path(arguments.file)), f"已备份到 {arguments.file}，并核对无误", arguments.json)


def run_restore(arguments: Namespace) -> int:
    """Fills an empty home from a backup."""
    return _say_release(restore_backup(find_home(), Path(arguments.file)), f"已从 {arguments.file} 恢复", arguments.json)


def run_verify(arguments: Namespace) -> int:
    """Recomputes the audit record's chain and looks for every hash of it that was noted elsewhere; 1 when it does not hold."""
    home = find_home()
    verdict = verify_chain(home, list_audit_heads(home) | ({arguments.head.strip().lower(): "您抄下的指纹或当时"} if arguments.head else {}))
    if arguments.json:
        print_json({"count": verdict.count, "head": verdict.head, "fault": verdict.fault, "note": verdict.note})
    else:
        print(f"共 {verdict.count} 条记录，最新一条的指纹 {verdict.head}。" + (verdict.fault or "前后相连，没有被改动过。") + verdict.note)
    return 1 if verdict.fault else 0
