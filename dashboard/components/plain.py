"""Words that people wrote, made safe for the places where Streamlit reads Markdown: messages, captions and labels."""

from __future__ import annotations

import re

_SIGNS = re.compile(r"([\\`*_{}\[\]()<>#+.!|~$:@&-])")
_ADDRESS = re.compile(r"(?i)(?<=http)(?=s?://)|(?<=www)(?=\.)|(?<=@)(?=\w)")
JOINER = "\u2060"  # has no width; an address with it inside is none


def plain(text: str) -> str:
    """The text as it was written, no link, picture, colour or formula: every sign escaped that Markdown would read, and bare addresses, which are found after that, broken."""
    return _SIGNS.sub(r"\\\1", _ADDRESS.sub(JOINER, text))
