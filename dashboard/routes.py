"""The routes beside the pages: /healthz, and /export/TABLE.csv which streams exactly what is filtered."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from pyarrow import RecordBatchReader
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse

from dashboard.asof import KEY as RELEASE
from dashboard.cached import find_catalog, find_export_reader, find_reader, find_whole
from dashboard.grants import take_grant
from dashboard.guard import Entry
from dashboard.place import KEY as PLACE
from dashboard.stopping import is_stopping
from pipelines.access.model import VISITOR, Person
from pipelines.audit.log import Event, append_events
from pipelines.catalog.period import parse_period_range
from pipelines.durable import is_writable
from pipelines.faults import StoreGone, UserError
from pipelines.home import find_home, read_number
from pipelines.reports.csv import iter_csv
from pipelines.reports.export import write_export
from pipelines.reports.mark import Mark, record_personal
from pipelines.reports.pivot import Pivot, describe_pivot, read_pivot, spread_words
from pipelines.reports.table import Selection, describe_selection, list_tables, read_table
from pipelines.reports.words import Words, table_words
from pipelines.warehouse.releases import find_store
from pipelines.workflow.daily import backup_state
from pipelines.workflow.unattended import read_fault

PIVOT = ("pivot_rows", "pivot_columns", "pivot_measure", "pivot_aggregate")  # words of an address
ENDINGS = ("csv", "xlsx", "parquet")
FREE_MEGABYTES = read_number("UNION_BOARD_FREE_MB", 1000, 0, 100_000_000)  # below this /healthz warns


def _health() -> dict[str, object]:
    reader, backup = find_reader(VISITOR), backup_state(find_home())
    find_store(find_home()).check_there()
    free = shutil.disk_usage(find_home().path).free // 1_000_000 if find_home().path.exists() else None
    warnings = [w for w, bad in (("damaged", reader.damaged), ("backup", backup.fault), ("disk", free is not None and free < FREE_MEGABYTES),
                                 ("read_only", free is not None and not is_writable(find_home().path)),
                                 ("delivery", read_fault(find_home(), "delivery")), ("start_up", read_fault(find_home(), "start_up"))) if bad]  # fmt: skip
    told = {"status": "ok", "release": reader.release, "warnings": warnings, "free_megabytes": free}
    return told | ({"damaged": reader.damaged} if reader.damaged else {})


async def health(request: Request) -> Response:
    """200 with the release id once the board can be used, 503 while the process is coming to its end, or with the fault where the store of its data is gone or nothing can be read; `warnings` names what an operator should look at: damaged, backup, disk, read_only, delivery, start_up."""
    if is_stopping():
        return JSONResponse({"status": "stopping"}, 503)
    try:
        return JSONResponse(await run_in_threadpool(_health))
    except StoreGone:
        return JSONResponse({"status": "store_gone"}, 503)
    except UserError as fault:
        return JSONResponse({"status": "unusable", "fault": f"{fault.message}{fault.remedy}"}, 503)


def tables_for(person: Person) -> dict[str, str]:
    """The tables that the person may have: key -> title."""
    return {key: title for key, title in list_tables(find_catalog()).items() if key != "audit" or person.may("read_audit")}


def read_selection(name: str, parameters: dict[str, str], person: Person) -> tuple[Selection, str]:
    """The selection and the ending that an address such as `relief.csv?period=2026-01..2026-03&category=其他` asks for."""
    table, _, ending = name.rpartition(".")
    if ending not in ENDINGS or table not in tables_for(person):
        raise UserError("没有这张表。", "请从“明细导出”页面下载。")
    where = {k: v for k, v in parameters.items() if k not in ("period", "township_code", "columns", RELEASE, PLACE, *PIVOT) and v}
    periods = parse_period_range(parameters["period"]) if parameters.get("period") else None
    if parameters.get("period") and periods is None:
        raise UserError(f"月份范围“{parameters['period'][:40]}”看不懂。", "请写成 2026-01..2026-03 或 2026-03 这样，前面的月份不能晚于后面的。")
    place = parameters.get("township_code")
    if place and place not in find_whole().places.places:
        raise UserError(f"没有代码为“{place[:40]}”的乡镇。", "请从“明细导出”页面下载。")
    columns = tuple(c for c in parameters.get("columns", "").split(",") if c)
    return Selection(table, periods, place or None, where, columns, release=parameters.get(RELEASE) or None, place=parameters.get(PLACE) or None), ending


def read_pivot_wish(parameters: dict[str, str]) -> Pivot | None:
    """The pivot that an address asks for with the words of PIVOT; None for plain rows."""
    rows, columns, measure, aggregate = (parameters.get(key, "") for key in PIVOT)
    return Pivot(tuple(filter(None, rows.split(","))), columns, measure, aggregate or "count") if rows else None


@dataclass(frozen=True, slots=True)
class _Opened:
    """An export that was recorded and may be sent."""

    batches: RecordBatchReader
    words: Words  # of its columns and codes
    title: str
    mark: Mark | None = None  # of names in clear


def _open_export(person: Person, name: str, parameters: dict[str, str]) -> _Opened:
    """The rows that the address asks for, names masked."""
    selection, _ = read_selection(name, parameters, person)
    pivot, reader = read_pivot_wish(parameters), find_export_reader(person, selection.table, release=selection.release, place=selection.place)
    batches = read_pivot(reader, find_catalog(), selection, pivot) if pivot else read_table(reader, find_catalog(), selection)
    words = table_words(find_catalog(), selection.table)
    place = selection.township_code or selection.place or person.township_code
    told = "；".join([describe_selection(find_catalog(), selection), *([describe_pivot(pivot, words)] if pivot else [])])
    append_events(find_home(), [Event("export", person.account, name, place, detail=told)])
    return _Opened(batches, spread_words(words, pivot, batches.schema.names) if pivot else words, list_tables(find_catalog())[selection.table])


def _open_personal(entry: Entry, name: str, token: str) -> _Opened:
    """The rows that a grant is for, names in clear; the grant is used up."""
    table, _, ending = name.rpartition(".")
    if ending not in ENDINGS:
        raise UserError("没有这种格式。", "请从“明细导出”页面下载。")
    grant = take_grant(find_home(), token, entry.key, entry.person.account, table)
    batches = read_table(find_export_reader(entry.person, table, personal=True, release=grant.selection.release, place=grant.selection.place), find_catalog(), grant.selection)
    mark = record_personal(find_home(), find_catalog(), entry.person, grant.selection, ending, grant.reason)
    return _Opened(batches, table_words(find_catalog(), table), f"{mark.table}（含个人信息）", mark)


async def export_table(request: Request) -> Response:
    """The selected rows as an attachment: CSV streamed as it is read, the other formats from a file that is then removed."""
    entry: Entry = request.scope["entry"]
    name, parameters = request.path_params["name"], dict(request.query_params)
    try:
        if not entry.person.may("export"):
            raise UserError("您的账号不能导出。")
        if "grant" not in parameters:
            opened = await run_in_threadpool(_open_export, entry.person, name, parameters)
        elif request.method == "GET":
            opened = await run_in_threadpool(_open_personal, entry, name, parameters["grant"])
        else:
            return PlainTextResponse("", status_code=405)
    except UserError as fault:
        return PlainTextResponse(f"{fault.message}{fault.remedy}", status_code=404, headers={"cache-control": "no-store"})
    ending = name.rpartition(".")[2]
    headers = {"content-disposition": f"attachment; filename*=UTF-8''{quote(f'{opened.title}.{ending}')}", "cache-control": "no-store"}
    if ending == "csv":
        return StreamingResponse(iter_csv(opened.batches, opened.mark), media_type="text/csv; charset=utf-8", headers=headers)
    folder = tempfile.TemporaryDirectory(prefix="union-board-")
    path = Path(folder.name) / f"export.{ending}"
    await run_in_threadpool(write_export, opened.batches, path, opened.mark, opened.words, opened.title)
    return FileResponse(path, headers=headers, background=BackgroundTask(folder.cleanup))
