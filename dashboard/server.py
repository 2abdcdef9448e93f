"""The board as one ASGI application under one uvicorn: Streamlit, the health route and the streamed exports."""

from __future__ import annotations

import gc
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
import uvicorn
from starlette.middleware import Middleware
from starlette.routing import Route

from dashboard.hardening import SafeHeaders
from dashboard.routes import export_table, health

APP = Path(__file__).parent / "app.py"


@asynccontextmanager
async def preload(app: st.App) -> AsyncIterator[None]:
    """Imports what every page needs before the first visit, and keeps the collector from walking it after every run."""
    import pandas  # noqa: F401
    import plotly.graph_objects  # noqa: F401
    import pyarrow  # noqa: F401

    import dashboard.shell  # noqa: F401

    gc.collect()
    gc.freeze()
    yield


def build_app() -> st.App:
    """The application."""
    routes = [Route("/healthz", health), Route("/export/{name}", export_table)]
    return st.App(APP, lifespan=preload, routes=routes, middleware=[Middleware(SafeHeaders)])


def serve(host: str, port: int) -> None:
    """Serves until interrupted."""
    print(f"看板已打开：http://{host}:{port}  （按 Ctrl+C 停止）", flush=True)
    for name in ("uvicorn.access", "uvicorn.error"):
        logging.getLogger(name).setLevel(logging.WARNING)
    uvicorn.run(build_app(), host=host, port=port, log_config=None, access_log=False, ws_max_size=64 * 1024 * 1024)
