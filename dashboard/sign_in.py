"""The pages in front of the board: signing in, and changing the password. Plain forms, no script, nothing fetched."""

from __future__ import annotations

from html import escape
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from dashboard.cached import find_catalog, is_demo
from dashboard.front import front_page
from dashboard.guard import is_open, make_cookie
from dashboard.request import COOKIE, client_address, cookie, is_secure
from dashboard.settings import Settings
from pipelines.access.accounts import change_password, check_password
from pipelines.access.passwords import SHORTEST
from pipelines.access.sessions import end_session, find_session, start_session, token_key
from pipelines.faults import UserError
from pipelines.home import find_home

NEXT = '<input type="hidden" name="next" value="{}">'
STRANGER = "这个统一身份账号还没有开通看板，或已停用。请联系县总工会的系统管理员。"
FIELD = '<label>{label}<input name="{name}" type="{kind}" autocomplete="{auto}" maxlength="128" required{more}></label>'


def safe_next(text: str) -> str:
    """A path of this board, never another site's address."""
    plain = text.startswith("/") and not text.startswith(("//", "/\\", "/login", "/password", "/auth", "/oauth2")) and text.isprintable()
    return text if plain and "\\" not in text else "/"


def _page(title: str, inside: str, fault: str = "", status: int = 200) -> HTMLResponse:
    return HTMLResponse(front_page(title, inside, fault, find_catalog().county.name, is_demo()), status, {"cache-control": "no-store"})


def _field(name: str, label: str, kind: str = "password", auto: str = "current-password", more: str = "") -> str:
    return FIELD.format(name=name, label=label, kind=kind, auto=auto, more=more)


def _sign_in_form(settings: Settings, asked: str, name: str = "") -> str:
    if settings.sign_in == "oidc":
        from dashboard.oidc import provider_link

        return f'<a class="button" href="{escape(provider_link())}">用统一身份认证登录</a>'
    fields = _field("account", "账号", "text", "username", f' autofocus value="{escape(name)}"') + _field("password", "密码")
    return f'<form method="post" action="/login">{NEXT.format(escape(asked))}{fields}<button>登录</button></form><p class="note">忘记密码，请找县总工会的系统管理员重设。</p>'


async def login(request: Request) -> Response:
    """GET shows the form; POST signs in and goes where the visitor wanted to."""
    settings: Settings = request.scope["settings"]
    if await run_in_threadpool(is_open, settings):
        return RedirectResponse("/", 303)
    asked = safe_next(request.query_params.get("next", "/"))
    if request.method != "POST":
        return _page("登录", _sign_in_form(settings, asked), STRANGER if "stranger" in request.query_params else "")
    if settings.sign_in != "password":
        return _page("登录", _sign_in_form(settings, "/"), "请用统一身份认证登录。", 403)
    form = await request.form(max_files=0, max_fields=5, max_part_size=4096)
    name, password, asked = str(form.get("account", "")), str(form.get("password", "")), safe_next(str(form.get("next", "/")))
    address = client_address(request.scope, settings)
    try:
        account = await run_in_threadpool(check_password, find_home(), name, password, address)
        token = await run_in_threadpool(start_session, find_home(), account.person, "password", address)
    except UserError as fault:
        return _page("登录", _sign_in_form(settings, asked, name), f"{fault.message}{fault.remedy}", 403)
    if asked == "/" and account.person.role == "township_clerk":
        asked = "/upload"  # the first thing that such a clerk comes for
    answer = RedirectResponse(f"/password?next={quote(asked, safe='')}" if account.must_change else asked, 303)
    _hand_out(answer, token, request, settings)
    return answer


def _hand_out(answer: Response, token: str, request: Request, settings: Settings) -> None:
    answer.raw_headers.append((b"set-cookie", make_cookie(token, is_secure(request.scope, settings))))
    answer.headers["cache-control"] = "no-store"


def _password_form(asked: str) -> str:
    new = f' minlength="{SHORTEST}"'
    fields = _field("old", "现在的密码") + _field("new", f"新密码（至少 {SHORTEST} 个字符）", auto="new-password", more=new) + _field("again", "再输入一次新密码", auto="new-password", more=new)
    return f'<form method="post" action="/password">{NEXT.format(escape(asked))}{fields}<button>修改密码</button></form>'


async def password(request: Request) -> Response:
    """GET shows the form, to whoever has a session; POST changes the password and ends the person's other sessions."""
    session = request.scope["entry"].session
    if session is None or session.method != "password":
        return RedirectResponse("/", 303)
    first = "第一次登录，请先修改密码" if session.must_change else "修改密码"
    if request.method != "POST":
        return _page(first, _password_form(safe_next(request.query_params.get("next", "/"))))
    form = await request.form(max_files=0, max_fields=5, max_part_size=4096)
    old, new, again, asked = (str(form.get(k, "")) for k in ("old", "new", "again", "next"))
    try:
        if new != again:
            raise UserError("两次输入的新密码不一样。", "请重新输入。")
        await run_in_threadpool(change_password, find_home(), session.person.account, old, new, session.key)
    except UserError as fault:
        return _page(first, _password_form(safe_next(asked)), f"{fault.message}{fault.remedy}", 400)
    return RedirectResponse(safe_next(asked), 303)


async def logout(request: Request) -> Response:
    """POST: ends the session and takes the cookie away."""
    settings: Settings = request.scope["settings"]
    token = cookie(request.scope, COOKIE)
    if token and await run_in_threadpool(find_session, find_home(), token_key(token)):
        await run_in_threadpool(end_session, find_home(), token_key(token))
    answer = RedirectResponse("/login", 303)
    _hand_out(answer, "", request, settings)
    return answer


async def whoami(request: Request) -> Response:
    """204 while the session holds; the guard answers 401 when it does not, and an open tab goes to the sign-in page."""
    return Response(status_code=204, headers={"cache-control": "no-store"})
