"""Files behind the guard: templates and originals, each only to those whose township it is."""

from __future__ import annotations

from collections.abc import Callable
from mimetypes import guess_type
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from dashboard.cached import find_catalog, find_reader
from pipelines.access.model import Person
from pipelines.audit.log import Event, append_events
from pipelines.catalog.narrow import catalog_of_township
from pipelines.catalog.period import parse_period
from pipelines.faults import UserError
from pipelines.home import find_home
from pipelines.reports.files import find_submitted, make_template, mark_problems, mark_returned
from pipelines.warehouse.scope import may_act_on
from pipelines.workflow.drafts import find_draft, read_draft

NOT_YOURS = UserError("没有这个文件。", "只能下载自己乡镇的文件。")


def _attachment(name: str, content: bytes) -> Response:
    kind = guess_type(name)[0] or "application/octet-stream"
    told = {"content-disposition": f"attachment; filename*=UTF-8''{quote(name)}", "cache-control": "no-store", "content-security-policy": "sandbox"}
    return Response(content, media_type=kind if kind.startswith("application/") else "application/octet-stream", headers=told)


async def _give(find: Callable[[], tuple[str, bytes]]) -> Response:
    try:
        return _attachment(*await run_in_threadpool(find))
    except UserError as fault:
        return PlainTextResponse(f"{fault.message}{fault.remedy}", 404, {"cache-control": "no-store"})


async def template(request: Request) -> Response:
    """The pre-filled workbook of a township and month."""
    person: Person = request.scope["entry"].person
    code, period = request.path_params["code"], parse_period(request.path_params["month"])

    def find() -> tuple[str, bytes]:
        if period is None or not may_act_on(find_catalog(), person, "upload", code):
            raise NOT_YOURS
        catalog = catalog_of_township(find_catalog(), code)
        return make_template(find_reader(person, place=catalog.county.code if catalog.whole else None), catalog, code, period)

    return await _give(find)


async def original(request: Request) -> Response:
    """An upload exactly as it was sent; that somebody fetched it is recorded."""
    person: Person = request.scope["entry"].person
    number = request.path_params["id"]

    def find() -> tuple[str, bytes]:
        if not person.may("upload"):
            raise NOT_YOURS
        name, content = find_submitted(find_home(), find_reader(person), number)
        append_events(find_home(), [Event("download_original", person.account, name, submission_id=number)])
        return name, content

    return await _give(find)


async def marked(request: Request) -> Response:
    """One's own draft with every problem marked."""
    person: Person = request.scope["entry"].person
    number = request.path_params["id"]

    def find() -> tuple[str, bytes]:
        if not person.may("upload"):
            raise NOT_YOURS
        draft = find_draft(find_home(), number, person.account)
        return mark_problems(draft.file, read_draft(find_home(), draft), draft.problems)

    return await _give(find)


async def returned(request: Request) -> Response:
    """A returned upload with the county's remarks pinned to its cells; it holds what the original holds, so that it is recorded too."""
    person: Person = request.scope["entry"].person
    number = request.path_params["id"]

    def find() -> tuple[str, bytes]:
        if not person.may("upload"):
            raise NOT_YOURS
        name, content = mark_returned(find_home(), find_reader(person), number)
        append_events(find_home(), [Event("download_original", person.account, name, submission_id=number, detail="带批注")])
        return name, content

    return await _give(find)
