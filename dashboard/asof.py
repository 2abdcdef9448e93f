"""As of which release a run shows its figures: the newest, or an earlier one that the visitor chose (`components/as_of.py`)."""

from __future__ import annotations

import streamlit as st

from dashboard.viewpoint import viewpoint

KEY = "release"  # in addresses
_PINNED = "release_pinned"


def pinned() -> str | None:
    """The release that the figures of this run are of; None for the newest."""
    if taken := viewpoint():
        return taken.release
    return st.session_state.get(_PINNED)


def pin(release: str | None) -> None:
    """Has the rest of the run, and its fragments, read one release."""
    st.session_state[_PINNED] = release
