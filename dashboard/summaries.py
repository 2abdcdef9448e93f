"""The route of the work summary: the Word draft of the county or a township, to those who may see that place."""

from __future__ import annotations

from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from dashboard.asof import KEY as RELEASE
from dashboard.cached import find_catalog, find_export_reader
from pipelines.access.model import Person
from pipelines.audit.log import Event, append_events
from pipelines.catalog.narrow import catalog_of_township
from pipelines.catalog.period import parse_period
from pipelines.faults import UserError
from pipelines.home import find_home
from pipelines.reports.summary.document.write import write_summary
from pipelines.reports.summary.draft import make_draft

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def _make(person: Person, code: str, month: str, reading: str, release: str | None) -> tuple[str, bytes]:
    if not person.may("export", code) or parse_period(month) is None:
        raise UserError("没有这份总结。", "请从“工作总结”页面下载。")
    home, catalog = find_home(), catalog_of_township(find_catalog(), code)
    draft = make_draft(find_export_reader(person, release=release, place=catalog.county.code if catalog.whole else None), home, catalog, code, month, reading)
    content = write_summary(draft, home)
    append_events(home, [Event("export", person.account, "summary", code, period=parse_period(month), detail=draft.title)])
    return f"{draft.title}.docx", content


async def summary(request: Request) -> Response:
    """The draft as an attachment; small counts of persons are left out for whoever may not see personal data, and who fetched it is recorded."""
    person: Person = request.scope["entry"].person
    asked = request.path_params
    try:
        name, content = await run_in_threadpool(_make, person, asked["code"], asked["month"], asked["reading"], request.query_params.get(RELEASE))
    except UserError as fault:
        return PlainTextResponse(f"{fault.message}{fault.remedy}", 404, {"cache-control": "no-store"})
    told = {"content-disposition": f"attachment; filename*=UTF-8''{quote(name)}", "cache-control": "no-store", "content-security-policy": "sandbox"}
    return Response(content, media_type=WORD, headers=told)
