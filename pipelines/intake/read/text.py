"""Text tables (csv, tsv, txt): the encoding, the delimiter and the quotes are found out; every cell stays text."""

from __future__ import annotations

import codecs
import re
from collections import Counter

from pipelines.intake.read.cells import MAX_ROWS, check_area, make_sheet
from pipelines.intake.read.refusal import BROKEN, NO_TABLE, UNKNOWN, Refused, too_wide

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\ufffe\uffff]")
_DELIMITERS = {"\t": 3.0, ",": 1.0, ";": 1.0, "，": 0.5, "|": 0.5}  # how much is to be thought of a regular use of it
_SAMPLE = 300
_PROTECTED = re.compile(r'="([^"]*)"')


def decode(content: bytes) -> str:
    """The text of bytes by their mark, else as strict UTF-8, else as strict GB18030; Refused when they are none of these."""
    try:
        for mark, encoding in _BOMS:
            if content.startswith(mark):
                return content.decode(encoding)
    except UnicodeError:
        raise Refused(*BROKEN) from None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as fault:
        if fault.end >= len(content) - 3 and fault.reason == "unexpected end of data" and fault.start > 100:
            raise Refused(*BROKEN) from None
    try:
        return content.decode("gb18030")
    except UnicodeError:
        raise Refused(*UNKNOWN) from None


def _quoted(delimiter: str) -> re.Pattern:
    return re.compile(rf'"((?:[^"]|""){{0,20000}})"[ \t]*(?={re.escape(delimiter)}|\n|\Z)')


def _regularity(lines: list[str], delimiter: str) -> float:
    counts = Counter(line.count(delimiter) + 1 for line in lines)
    columns = max(counts, key=lambda c: ((c - 1) * counts[c], c))
    share = counts[columns] / len(lines)
    return 0.0 if columns < 2 else _DELIMITERS[delimiter] * share * share * min(columns, 12) ** 0.5


def find_delimiter(text: str) -> str | None:
    """The character that parts the lines most regularly into columns; None when there is none."""
    bare = re.sub(r'"(?:[^"\n]|"")*"', '""', text[:200_000])
    lines = [line for line in bare.split("\n")[:_SAMPLE] if line.strip(" ,;\t，|")]
    found = {d: _regularity(lines, d) for d in _DELIMITERS} if lines else {}
    best = max(found, key=found.get, default=None)
    return best if best and found[best] > 0.05 else None


def _is_stray(field: str, delimiter: str, columns: int) -> bool:
    """Whether a quote's supposed field runs over other rows instead of holding lines of its own."""
    return "\n" in field and (field.count("\n") > 50 or field.count(delimiter) >= max(columns - 1, 2))


def _plain(field: str) -> str:
    found = _PROTECTED.fullmatch(field.strip())
    return found[1] if found else field


def _split_quoted(text: str, start: int, delimiter: str, quoted: re.Pattern, columns: int) -> tuple[list[str], int]:
    """The fields of the record that starts at an offset, and the offset behind it."""
    fields = []
    while True:
        found = quoted.match(text, start) if text.startswith('"', start) else None
        if found and not _is_stray(found[1], delimiter, columns):
            fields.append(found[1].replace('""', '"'))
            start = found.end()
        else:
            stop = text.find("\n", start)
            stop = len(text) if stop < 0 else stop
            cut = text.find(delimiter, start, stop)
            stop = stop if cut < 0 else cut
            fields.append(_plain(text[start:stop]))
            start = stop
        if start >= len(text) or text[start] == "\n":
            return fields, start + 1
        start += len(delimiter)


def split_records(text: str, delimiter: str, columns: int) -> list[list[str]]:
    """The records of a text with their fields; a quoted field may hold delimiters and lines, a stray quote is a character."""
    records, start, quoted = [], 0, _quoted(delimiter)
    while start < len(text):
        stop = text.find("\n", start)
        stop = len(text) if stop < 0 else stop
        if text.find('"', start, stop) < 0:
            records.append(text[start:stop].split(delimiter))
            start = stop + 1
        else:
            record, start = _split_quoted(text, start, delimiter, quoted, columns)
            records.append(record)
    return records


def read_text(content: bytes) -> list[dict[str, object]]:
    """One sheet named "1" with the records of a delimited text."""
    text = decode(content).replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")
    if _CONTROL.search(text):
        raise Refused(*UNKNOWN)
    if (lines := text.count("\n")) > 2 * MAX_ROWS:
        raise too_wide("1", lines)
    stated = re.match(r"sep=(.)\n", text)
    text = text[stated.end() :] if stated else text
    delimiter = stated[1] if stated else find_delimiter(text)
    if delimiter is None:
        raise Refused(*NO_TABLE)
    counts = Counter(line.count(delimiter) + 1 for line in text.split("\n")[:_SAMPLE] if delimiter in line)
    records = split_records(text, delimiter, counts.most_common(1)[0][0] if counts else 2)
    rows = [(n, record) for n, record in enumerate(records, 1) if any(field.strip() for field in record)]
    width = max((len(row) for _, row in rows), default=0)
    check_area("1", rows[-1][0] if rows else 0, width)
    return [make_sheet("1", [(n, row + [""] * (width - len(row))) for n, row in rows])]
