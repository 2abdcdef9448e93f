"""What a file is, by its bytes and never by its name; what is no spreadsheet is told in one Chinese sentence."""

from __future__ import annotations

import re

from pipelines.intake.read.refusal import ARCHIVE, EMPTY, PDF, PICTURE, UNKNOWN, WORD, Refused

_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*")
_ARCHIVES = (b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")
_FAMILIES = {b"PK": "zip", b"\xd0\xcf\x11\xe0": "ole", b"\x09\x08": "biff", b"\x09\x04": "biff", b"\x09\x02": "biff", b"\x09\x00\x04\x00": "biff"}
_MAIL = re.compile(r"(?:[\w-]+:.*\n(?:[ \t].*\n)*){0,30}?mime-version:", re.I)
_ROOTS = {
    "spreadsheetml": re.compile(r"<(?:ss:)?workbook\b[^>]*urn:schemas-microsoft-com:office:spreadsheet", re.I),
    "flat_ods": re.compile(r"<office:document\b", re.I),
    "html": re.compile(r"<(?:!doctype html|html|head|body|table|div|meta|style|tr|script|font|center|h\d|p)\b", re.I),
}


def _is_picture(content: bytes) -> bool:
    bitmap = content[:2] == b"BM" and content[6:10] == b"\0\0\0\0"
    return bitmap or content.startswith(_PICTURES) or content[8:12] == b"WEBP" or content[4:12] in (b"ftypheic", b"ftypmif1", b"ftypavif")


def _refuse(content: bytes) -> None:
    if not content.strip(b"\0 \r\n\t\xef\xbb\xbf\xff\xfe"):
        raise Refused(*EMPTY)
    if _is_picture(content):
        raise Refused(*PICTURE)
    if content.startswith(b"%PDF"):
        raise Refused(*PDF)
    if content.startswith(b"{\\rtf"):
        raise Refused(*WORD)
    if content.startswith(_ARCHIVES) or content[257:262] == b"ustar":
        raise Refused(*ARCHIVE)


def _markup(head: str) -> str:
    if "schemas.microsoft.com/office/word" in head and "<w:wordDocument" in head:
        raise Refused(*WORD)
    for family, root in _ROOTS.items():
        if root.search(head):
            return family
    raise Refused(*UNKNOWN)


def sniff(content: bytes) -> str:
    """zip, ole, biff, html, mhtml, spreadsheetml, flat_ods or text; Refused when the bytes are of something else."""
    _refuse(content)
    for magic, family in _FAMILIES.items():
        if content.startswith(magic):
            return family
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    head = content[:8000].decode("utf-16" if wide else "latin-1", "ignore").lstrip("\ufeffï»¿ \r\n\t")
    if _MAIL.match(head.replace("\r\n", "\n")):
        return "mhtml"
    return _markup(head) if head.startswith("<") else "text"
