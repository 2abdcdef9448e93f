"""Reads one workbook of any format to JSON text; runs only inside the guarded child."""

from __future__ import annotations

import json

from pipelines.intake.read.cells import plain
from pipelines.intake.read.container import container_kind, list_parts, open_container
from pipelines.intake.read.ods import read_flat_ods, read_ods
from pipelines.intake.read.refusal import Refused
from pipelines.intake.read.sniff import sniff
from pipelines.intake.read.spreadsheetml import read_spreadsheetml
from pipelines.intake.read.text import read_text
from pipelines.intake.read.web import read_html, read_mhtml
from pipelines.intake.read.xls import read_biff, read_ole
from pipelines.intake.read.xlsx import read_xlsb, read_xlsx

_CONTAINERS = {"xlsx": read_xlsx, "xlsb": read_xlsb, "ods": read_ods}


def _read_zip(content: bytes) -> list[dict[str, object]]:
    with open_container(content) as container:
        parts = list_parts(container)
        return _CONTAINERS[container_kind(container, parts)](content, container, parts)


_READERS = {
    "zip": _read_zip,
    "ole": read_ole,
    "biff": read_biff,
    "html": read_html,
    "mhtml": read_mhtml,
    "spreadsheetml": read_spreadsheetml,
    "flat_ods": read_flat_ods,
    "text": read_text,
}


def read_workbook(content: bytes) -> str:
    """JSON of the sheets, {"sheets": [{"name", "rows", "hidden", "notes"}]}, or of the fault that refuses the file, {"fault": [code, message, remedy]}."""
    try:
        return json.dumps({"sheets": _READERS[sniff(content)](content)}, default=plain, ensure_ascii=False)
    except Refused as fault:
        return json.dumps({"fault": fault.args}, ensure_ascii=False)
