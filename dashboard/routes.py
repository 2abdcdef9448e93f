"""The routes beside the pages: /healthz, and /export/TABLE.csv which streams exactly what is filtered."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from urllib.parse import quote

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse

from dashboard.cached import find_catalog, find_export_reader, find_reader
from pipelines.access.model import VISITOR, Person
from pipelines.audit.log import Event, append_events
from pipelines.catalog.period import parse_period_range
from pipelines.faults import UserError
from pipelines.home import find_home
from pipelines.reports.csv import iter_csv
from pipelines.reports.export import write_export
from pipelines.reports.table import Selection, describe_selection, list_tables, read_table
from pipelines.workflow.daily import backup_state

FREE_MEGABYTES = int(os.environ.get("UNION_BOARD_FREE_MB", 1000))  # below this /healthz warns


def _health() -> dict[str, object]:
    reader, backup = find_reader(VISITOR), backup_state(find_home())
    free = shutil.disk_usage(find_home().path).free // 1_000_000 if find_home().path.exists() else None
    warnings = [w for w, bad in (("damaged", reader.damaged), ("backup", backup.fault), ("disk", free is not None and free < FREE_MEGABYTES)) if bad]
    told = {"status": "ok", "release": reader.release, "warnings": warnings, "free_megabytes": free}
    return told | ({"damaged": reader.damaged} if reader.damaged else {})


async def health(request: Request) -> Response:
    """200 with the release id once the board can be used; `warnings` names what an operator should look at: damaged, backup, disk."""
    return JSONResponse(await run_in_threadpool(_health))


def tables_for(person: Person) -> dict[str, str]:
    """The tables that the person may have: key -> title."""
    return {key: title for key, title in list_tables(find_catalog()).items() if key != "audit" or person.may("read_audit")}


def read_selection(name: str, parameters: dict[str, str], person: Person) -> tuple[Selection, str]:
    """The selection and the ending that an address such as `relief.csv?period=2026-01..2026-03&category=其他` asks for."""
    table, _, ending = name.rpartition(".")
    if ending not in ("csv", "xlsx", "parquet") or table not in tables_for(person):
        raise UserError("没有这张表。", "请从“明细导出”页面下载。")
    where = {k: v for k, v in parameters.items() if k not in ("period", "township_code", "columns") and v}
    periods = parse_period_range(parameters["period"]) if parameters.get("period") else None
    columns = tuple(c for c in parameters.get("columns", "").split(",") if c)
    return Selection(table, periods, parameters.get("township_code") or None, where, columns), ending


async def export_table(request: Request) -> Response:
    """The selected rows as an attachment: CSV streamed as it is read, the other formats from a file that is then removed."""
    person: Person = request.scope["entry"].person
    try:
        if not person.may("export"):
            raise UserError("您的账号不能导出。")
        name = request.path_params["name"]
        selection, ending = read_selection(name, dict(request.query_params), person)
        batches = await run_in_threadpool(read_table, find_export_reader(person), find_catalog(), selection)
        told = Event("export", person.account, name, selection.township_code or person.township_code, detail=describe_selection(find_catalog(), selection))
        await run_in_threadpool(append_events, find_home(), [told])
    except UserError as fault:
        return PlainTextResponse(f"{fault.message}{fault.remedy}", status_code=404)
    title = list_tables(find_catalog())[selection.table]
    headers = {"content-disposition": f"attachment; filename*=UTF-8''{quote(f'{title}.{ending}')}", "cache-control": "no-store"}
    if ending == "csv":
        return StreamingResponse(iter_csv(batches), media_type="text/csv; charset=utf-8", headers=headers)
    folder = tempfile.TemporaryDirectory(prefix="union-board-")
    path = Path(folder.name) / f"export.{ending}"
    await run_in_threadpool(write_export, batches, path)
    return FileResponse(path, headers=headers, background=BackgroundTask(folder.cleanup))
