"""A sentence about what was just done, which outlives the reruns that follow an act and then goes by itself."""

from __future__ import annotations

import time

import streamlit as st

from dashboard.components.plain import plain

SECONDS = 20


def tell_and_redraw(place: str, words: str) -> None:
    """Keeps the sentence for a place of a page and draws the page anew."""
    st.session_state[f"told {place}"] = (words, time.monotonic())
    st.rerun()


def show_told(place: str) -> None:
    """The sentence, while it is fresh."""
    words, at = st.session_state.get(f"told {place}", ("", 0.0))
    if words and time.monotonic() - at < SECONDS:
        st.success(plain(words))
