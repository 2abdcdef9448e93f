"""The board as one ASGI application under one uvicorn: Streamlit, the health route and the streamed exports."""

from __future__ import annotations

import logging
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import streamlit as st
import uvicorn
from starlette.middleware import Middleware
from starlette.routing import Route
from streamlit import config

from dashboard.ahead import keep_reading_ahead
from dashboard.bulletins import bulletin
from dashboard.cached import find_catalog
from dashboard.elsewhere import Elsewhere
from dashboard.files import marked, original, returned, template
from dashboard.frozen import keep_putting_aside, put_aside
from dashboard.guard import Guard
from dashboard.hardening import SafeHeaders
from dashboard.logs import set_up_logs, tell
from dashboard.requestlog import RequestLog
from dashboard.routes import export_table, health
from dashboard.settings import Settings
from dashboard.shell import PAGES
from dashboard.sign_in import login, logout, password, whoami
from dashboard.stopping import Server
from dashboard.summaries import summary
from dashboard.watch import watch
from pipelines.access.accounts import has_accounts
from pipelines.delivery.monthly import keep_delivering
from pipelines.delivery.settings import read_settings as read_delivery
from pipelines.faults import UserError
from pipelines.home import find_home, read_limits, read_retention
from pipelines.workflow.daily import keep_backing_up, read_hour
from pipelines.workflow.startup import start_up
from pipelines.workflow.unattended import forget_fault, note_failure

APP = Path(__file__).parent / "app.py"


@asynccontextmanager
async def preload(app: st.App) -> AsyncIterator[None]:
    """Imports what every page needs before the first visit, and keeps the collector from walking it after every run."""
    import pandas  # noqa: F401
    import plotly.graph_objects  # noqa: F401
    import pyarrow  # noqa: F401

    import dashboard.shell  # noqa: F401

    set_up_logs()  # again: starting, Streamlit gives its loggers handlers of its own
    put_aside()
    stop = threading.Event()
    for work in (_keep, _deliver, keep_reading_ahead, keep_putting_aside):
        threading.Thread(target=work, args=(stop,), daemon=True).start()
    yield
    stop.set()


def _keep(stop: threading.Event) -> None:
    """Mends what a killed process left, then makes the daily backups."""
    home = find_home()
    try:
        for words in start_up(home, find_catalog()):
            tell("start_up", done=words)
        forget_fault(home, "start_up")
    except Exception as fault:  # whatever it was, the backups are made all the same
        tell("start_up", logging.ERROR, fault=note_failure(home, "start_up", fault))
    keep_backing_up(home, stop, lambda level, words: tell("backup", logging.getLevelNamesMapping()[level.upper()], done=words))


def _deliver(stop: threading.Event) -> None:
    """Sends the monthly documents on their days, where a folder for them is set."""
    keep_delivering(find_home(), read_delivery(), stop, lambda level, words: tell("delivery", logging.getLevelNamesMapping()[level.upper()], done=words))


def build_app(settings: Settings) -> st.App:
    """The application; every route but the health check and the sign-in page stands behind the guard."""
    routes = [
        Route("/healthz", health),
        Route("/login", login, methods=["GET", "POST"]),
        Route("/logout", logout, methods=["POST"]),
        Route("/password", password, methods=["GET", "POST"]),
        Route("/whoami", whoami),
        Route("/watch", watch),
        Route("/export/{name}", export_table),
        Route("/bulletin/{month}.{ending}", bulletin),
        Route("/files/summary/{code}/{month}/{reading}.docx", summary),
        Route("/files/template/{code}/{month}.xlsx", template),
        Route("/files/original/{id}", original),
        Route("/files/marked/{id}.xlsx", marked),
        Route("/files/returned/{id}.xlsx", returned),
    ]
    pages = frozenset(path for group in PAGES.values() for path, _, _ in group)
    layers = [Middleware(RequestLog, pages), Middleware(SafeHeaders), Middleware(Guard, settings), Middleware(Elsewhere)]
    told = {}
    if settings.sign_in == "oidc":
        from dashboard.oidc import ProviderSignIn, provider_secrets

        layers.append(Middleware(ProviderSignIn, settings))
        told = provider_secrets(settings)
    app = st.App(APP, lifespan=preload, routes=routes, middleware=layers, secrets=told or None)
    config.set_option("server.maxUploadSize", read_limits().file_megabytes)  # what the browser may send is what is read
    return app


def check_accounts(settings: Settings) -> None:
    """UserError where others could reach a board that nobody has to sign in to."""
    if not has_accounts(find_home()) and not (settings.loopback and settings.sign_in == "password"):
        raise UserError("还没有账号，不能对外提供服务。", "请先运行 python -m pipelines users add 账号 --role admin 新增账号，再打开看板。")


def check_environment() -> None:
    """UserError for a setting that cannot be used, which would else be met in the middle of somebody's work."""
    for read in (read_limits, read_retention, read_hour, read_delivery):
        read()


def serve(settings: Settings, port: int) -> None:
    """Serves until interrupted; UserError when nobody has an account and others could come in, or for a setting that cannot be used."""
    check_accounts(settings)
    check_environment()
    host = settings.host
    print(f"看板已打开：http://{host}:{port}  （按 Ctrl+C 停止）", flush=True)
    set_up_logs()
    told = {"log_config": None, "access_log": False, "proxy_headers": False, "server_header": False, "ws_max_size": 64 * 1024 * 1024}
    with suppress(KeyboardInterrupt):
        Server(uvicorn.Config(build_app(settings), host=host, port=port, **told)).run()
