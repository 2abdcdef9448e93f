"""Opens an address of the board in Streamlit's own test runner."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from tests.app_test import AppTest


def open_address(address: str) -> AppTest:
    """The view of an address such as `/trace?indicator=relief_amount`, run once as the shell runs it."""
    parts = urlsplit(address)
    path = parts.path.strip("/") or "overview"
    source = f"""import streamlit as st
from dashboard.cached import PAGE
from dashboard.views import {path}
from pipelines.faults import UserError
with PAGE:
    try:
        {path}.show()
    except UserError as fault:
        st.warning(fault.message + fault.remedy)
"""
    app = AppTest.from_string(source, default_timeout=60)
    for key, values in parse_qs(parts.query).items():
        app.query_params[key] = values
    return app.run()


def words(app: AppTest) -> str:
    """All the HTML that the view drew itself."""
    return " ".join(str(block.proto.body) for block in app.get("html"))
