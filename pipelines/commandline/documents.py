"""bulletin and deliver: what the county sends out every month."""

from __future__ import annotations

from argparse import Namespace
from datetime import date
from pathlib import Path

from pipelines.audit.log import Event, append_events
from pipelines.catalog.period import format_period
from pipelines.commandline.options import add_json, find_catalog, print_json, read_period, read_place
from pipelines.delivery.monthly import deliver, last_month, make_documents
from pipelines.delivery.settings import read_settings
from pipelines.durable import write_durably
from pipelines.home import find_home
from pipelines.reports.bulletin.facts import read_bulletin
from pipelines.reports.place import open_place


def add_verbs(verbs) -> None:
    """Adds the verbs of this module."""
    bulletin = verbs.add_parser("bulletin", help="生成工会工作月度通报（表格和可打印的网页）")
    bulletin.add_argument("--period", required=True, help="月份，如 2026-10")
    bulletin.add_argument("--place", help="乡镇以上的一个地方，代码或名称；不写就是全部")
    bulletin.add_argument("--out", required=True, help="输出文件夹")
    add_json(bulletin)
    bulletin.set_defaults(run=run_bulletin)
    delivery = verbs.add_parser("deliver", help="到了日子就把上月的通报和催报文字放进文件夹、发邮件；不到日子或已经办过的不重复办")
    delivery.add_argument("--force", action="store_true", help="不管日子，现在就办（已经办过的再办一次）")
    delivery.add_argument("--period", help="月份，默认上月")
    add_json(delivery)
    delivery.set_defaults(run=run_deliver)


def run_bulletin(arguments: Namespace) -> int:
    """Writes both forms of the bulletin; what leaves is recorded first."""
    home, period, folder = find_home(), read_period(arguments.period), Path(arguments.out)
    above = read_place(find_catalog(), arguments.place)
    reader, catalog = open_place(find_home(), find_catalog(), above)
    documents = make_documents(read_bulletin(reader, catalog, period))
    append_events(home, [Event("export", "命令行", f"bulletin {format_period(period)}", above, period=period)])
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in documents:
        write_durably(folder / name, content)
    files = [str(folder / name) for name, _ in documents]
    if arguments.json:
        print_json({"files": files})
    else:
        print("\n".join(f"已生成：{file}" for file in files))
    return 0


def run_deliver(arguments: Namespace) -> int:
    """Does what is due today."""
    period = read_period(arguments.period) or last_month(date.today())
    done = deliver(find_home(), find_catalog(), read_settings(), period=period, force=arguments.force)
    if arguments.json:
        print_json({"period": format_period(period), "files": [str(f) for f in done.files], "mailed": list(done.mailed), "note": done.note})
    else:
        print("\n".join([*(f"已放入：{file}" for file in done.files), *(f"已发邮件：{address}" for address in done.mailed), *([done.note] if done.note else [])]))
    return 0
