"""Zip containers, opened with care: their size, their parts, DTDs, and which kind of document they hold."""

from __future__ import annotations

import io
import zipfile

from pipelines.intake.read.refusal import ARCHIVE, BROKEN, DTD, PASSWORD, SLIDES, TOO_LARGE, WORD, Refused

MAX_UNPACKED = 200 * 1024 * 1024
_HOLDS = {"word/document.xml": WORD, "ppt/presentation.xml": SLIDES}


def open_container(content: bytes) -> zipfile.ZipFile:
    """The zip of a workbook, refused when it is broken or too large when unpacked."""
    try:
        container = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise Refused(*BROKEN) from None
    if sum(part.file_size for part in container.infolist()) > MAX_UNPACKED:
        raise Refused(*TOO_LARGE)
    return container


def list_parts(container: zipfile.ZipFile) -> dict[str, str]:
    """Lower-case path with slashes -> the name the container knows the part by."""
    return {n.replace("\\", "/").lower(): n for n in container.namelist()}


def container_kind(container: zipfile.ZipFile, parts: dict[str, str]) -> str:
    """xlsx, xlsb or ods, by the parts that `list_parts` gave; Refused for a document, a presentation, an archive of anything else."""
    for path, kind in (("xl/workbook.xml", "xlsx"), ("xl/workbook.bin", "xlsb")):
        if path in parts:
            return kind
    for path, why in _HOLDS.items():
        if path in parts:
            raise Refused(*why)
    if "encrypted-package" in parts:
        raise Refused(*PASSWORD)
    if "content.xml" not in parts:
        raise Refused(*ARCHIVE)
    kind = read_part(container, parts["mimetype"])[:200] if "mimetype" in parts else b"spreadsheet"
    if b"spreadsheet" not in kind:
        raise Refused(*(SLIDES if b"presentation" in kind else WORD))
    return "ods"


def read_part(container: zipfile.ZipFile, name: str) -> bytes:
    """One part's bytes, never more than the limit, without a DTD."""
    try:
        with container.open(name) as part:
            data = part.read(MAX_UNPACKED + 1)
    except RuntimeError as fault:  # "File ... is encrypted, password required for extraction"
        raise Refused(*(PASSWORD if "password" in str(fault) else BROKEN)) from None
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, ValueError):
        raise Refused(*BROKEN) from None
    except Exception as fault:  # zlib.error derives from Exception alone
        if type(fault).__name__ == "error":
            raise Refused(*BROKEN) from None
        raise
    if len(data) > MAX_UNPACKED:
        raise Refused(*TOO_LARGE)
    refuse_dtd(data)
    return data


def refuse_dtd(data: bytes) -> None:
    """Refuses XML that defines entities of its own."""
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise Refused(*DTD)
