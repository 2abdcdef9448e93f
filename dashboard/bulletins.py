"""/bulletin/MONTH.xlsx and /bulletin/MONTH.html: the monthly bulletin, made when it is asked for, for whoever sees all townships."""

from __future__ import annotations

from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from dashboard.asof import KEY as RELEASE
from dashboard.cached import find_catalog, find_reader
from dashboard.place import KEY as PLACE
from pipelines.access.model import Person
from pipelines.audit.log import Event, append_events
from pipelines.catalog.period import format_period, parse_period
from pipelines.faults import UserError
from pipelines.home import find_home
from pipelines.reports.bulletin.facts import read_bulletin
from pipelines.reports.bulletin.page import make_page
from pipelines.reports.bulletin.workbook import make_workbook
from pipelines.warehouse.scope import home_place

MAKERS = {
    "xlsx": (make_workbook, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "attachment"),
    "html": (make_page, "text/html; charset=utf-8", "inline"),
}
POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox allow-modals"


async def bulletin(request: Request) -> Response:
    """The workbook as an attachment, or the page to be printed; who fetched it is recorded."""
    person: Person = request.scope["entry"].person
    period, ending = parse_period(request.path_params["month"]), request.path_params["ending"]

    def make() -> tuple[str, bytes]:
        if not person.may("oversee") or period is None or ending not in MAKERS:
            raise UserError("没有这份通报。", "请从“月度通报”页面打开。")
        place = request.query_params.get(PLACE) or (home_place(find_catalog(), person) if find_catalog().places.is_deep() else None)
        reader = find_reader(person, request.query_params.get(RELEASE), place)
        made = MAKERS[ending][0](read_bulletin(reader, find_catalog(place), period))
        append_events(find_home(), [Event("export", person.account, f"bulletin.{ending}", period=period, detail=format_period(period))])
        return made

    try:
        name, content = await run_in_threadpool(make)
    except UserError as fault:
        return PlainTextResponse(f"{fault.message}{fault.remedy}", 404, {"cache-control": "no-store"})
    _, kind, how = MAKERS[ending]
    told = {"content-disposition": f"{how}; filename*=UTF-8''{quote(name)}", "cache-control": "no-store", "content-security-policy": POLICY}
    return Response(content, media_type=kind, headers=told)
