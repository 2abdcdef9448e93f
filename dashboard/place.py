"""Which place this run of a page shows (`components/places.py` chooses it); on a one-county board there is none to choose."""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dashboard.viewpoint import viewpoint

KEY = "place"  # in addresses
_SEEN, _LOOKING = "place_seen", "place_looking"


def seen_place() -> str | None:
    """The chosen place's code; None before any was chosen, on a one-county board, and outside of pages."""
    if taken := viewpoint():
        return taken.place
    return st.session_state.get(_SEEN) if get_script_run_ctx(suppress_warning=True) else None


def is_looking() -> bool:
    """Whether the place lies above the counties, where nothing is uploaded, reviewed or set."""
    return bool(get_script_run_ctx(suppress_warning=True) and st.session_state.get(_LOOKING))


def see_place(code: str | None, looking: bool) -> None:
    """Has the rest of the run, and its fragments, show one place."""
    st.session_state[_SEEN], st.session_state[_LOOKING] = code, looking


def place_words() -> dict[str, str]:
    """What an address tells of the place."""
    return {KEY: code} if (code := seen_place()) else {}
