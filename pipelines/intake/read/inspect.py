"""A quick look into the xlsx container before anything parses it: its size, DTDs, used ranges, and what calamine does not tell."""

from __future__ import annotations

import io
import re
import zipfile

MAX_UNPACKED = 200 * 1024 * 1024
MAX_ROWS = 200_000
MAX_AREA = 3_000_000
MAX_MERGES = 500_000

_CELL = re.compile(rb"\br=[\"']([A-Z]{1,3})(\d{1,7})[\"']")
_FAR = re.compile(rb"r=[\"'](?:[A-Z]{3}\d|[A-Z]{1,2}\d{5})")  # without one, a sheet ends before ZZ10000: seven million cells at most
_ERROR = re.compile(rb"<c\b[^>]*?\br=\"([A-Z]+\d+)\"[^>]*?\bt=\"e\"[^>]*>.*?<v>([^<]*)</v>", re.S)
_FORMULA = re.compile(rb"<c\b[^>]*?\br=\"([A-Z]+\d+)\"[^>]*>\s*<f\b[^>]*?(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>")
_MERGE = re.compile(rb"<mergeCell\b[^>]*?ref=\"([A-Z]+\d+:[A-Z]+\d+)\"")
_HIDDEN_ROW = re.compile(rb"<row\b(?=[^>]*?\bhidden=\"(?:1|true)\")[^>]*?\br=\"(\d+)\"")
_HIDDEN_COLUMN = re.compile(rb"<col\b(?=[^>]*?\bhidden=\"(?:1|true)\")(?=[^>]*?\bmin=\"(\d+)\")")


class Refused(Exception):
    """The file cannot be read: (code, message, remedy)."""


BROKEN = ("broken", "文件不完整或已损坏，打不开。", "请重新保存或重新传一份完整的文件。")
TOO_LARGE = ("too_large", "文件展开后太大，超出了一份月报应有的大小。", "请删除空白行、图片和与月报无关的工作表后再上传。")
TOO_WIDE = ("insane_range", "工作表“{sheet}”的已用区域大得不合常理（到第 {row} 行）。", "请删除数据下方和右侧的空白行、空白列后再上传。")
DTD = ("dtd", "文件里含有不允许的外部定义，不能读取。", "请用 WPS 或 Excel 另存为新的 .xlsx 文件后再上传。")


def open_container(content: bytes) -> zipfile.ZipFile:
    """The zip of a workbook, refused when it is broken, too large when unpacked, or no workbook."""
    try:
        container = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, OSError):
        raise Refused(*BROKEN) from None
    if sum(part.file_size for part in container.infolist()) > MAX_UNPACKED:
        raise Refused(*TOO_LARGE)
    names = {n.replace("\\", "/").lower() for n in container.namelist()}
    if "xl/workbook.xml" not in names:
        raise Refused("no_workbook", "这个文件不是 .xlsx 工作簿。", "请用 WPS 或 Excel 另存为“Excel 工作簿（.xlsx）”后再上传。")
    return container


def read_part(container: zipfile.ZipFile, name: str) -> bytes:
    """One part's bytes, never more than the limit, without a DTD."""
    try:
        with container.open(name) as part:
            data = part.read(MAX_UNPACKED + 1)
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError, ValueError):
        raise Refused(*BROKEN) from None
    except Exception as fault:  # zlib.error derives from Exception alone
        if type(fault).__name__ == "error":
            raise Refused(*BROKEN) from None
        raise
    if len(data) > MAX_UNPACKED:
        raise Refused(*TOO_LARGE)
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise Refused(*DTD)
    return data


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def check_range(data: bytes, sheet: str) -> None:
    """Refuses a sheet whose cells span more than a sane area."""
    if not _FAR.search(data):
        return
    found = _CELL.findall(data)
    last = max(int(row) for _, row in set(found[-1:]) | {max(found, key=lambda c: (len(c[1]), c[1]))})
    width = max(_column_number(c) for c in {c for c, _ in found})
    if last > MAX_ROWS or last * width > MAX_AREA:
        code, message, remedy = TOO_WIDE
        raise Refused(code, message.format(sheet=sheet, row=last), remedy)


def read_notes(data: bytes) -> dict[str, list[str]]:
    """Addresses of error cells, formulas without a value, merges, hidden rows and columns."""
    notes: dict[str, list[str]] = {}
    if b't="e"' in data:
        notes["errors"] = [f"{a.decode()}={v.decode()}" for a, v in _ERROR.findall(data)]
    if b"<f>" in data or b"<f " in data:
        notes["uncached"] = [a.decode() for a in _FORMULA.findall(data)]
    if b"<mergeCell" in data:
        if data.count(b"<mergeCell ") > MAX_MERGES:
            raise Refused(*TOO_LARGE)
        notes["merges"] = [a.decode() for a in _MERGE.findall(data)]
    if b'hidden="' in data:
        notes["hidden_rows"] = [a.decode() for a in _HIDDEN_ROW.findall(data)]
        notes["hidden_columns"] = [a.decode() for a in _HIDDEN_COLUMN.findall(data)]
    return {key: found for key, found in notes.items() if found}
