"""Writes a small grid in the formats that people send; LibreOffice writes those that need an office program."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
from html import escape
from pathlib import Path

from tests.intake.samples import build_sample

SOFFICE = shutil.which("soffice")


def _texts(sheet: dict) -> list[list[str]]:
    return [[f"{c:g}" if isinstance(c, float) else str(c) for c in row] for row in sheet["rows"]]


def write_csv(sheet: dict) -> bytes:
    """GB18030, as a Chinese spreadsheet program saves it."""
    target = io.StringIO()
    csv.writer(target).writerows(_texts(sheet))
    return target.getvalue().encode("gb18030")


def write_html(sheet: dict) -> bytes:
    """A web page, as many systems export under the name .xls."""
    rows = "".join("<tr>" + "".join(f"<td>{escape(c)}</td>" for c in row) + "</tr>" for row in _texts(sheet))
    return f'<html><head><meta charset="utf-8"></head><body><table>{rows}</table></body></html>'.encode()


def write_spreadsheetml(sheet: dict) -> bytes:
    """The XML of 2003."""
    def cell(value: object) -> str:
        kind = "Number" if isinstance(value, (int, float)) else "String"
        return f'<Cell><Data ss:Type="{kind}">{escape(str(value))}</Data></Cell>' if value != "" else "<Cell/>"

    rows = "".join(f"<Row>{''.join(map(cell, row))}</Row>" for row in sheet["rows"])
    head = '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
    return f'{head}<Worksheet ss:Name="{escape(sheet["name"])}"><Table>{rows}</Table></Worksheet></Workbook>'.encode()


PLAIN = {"csv": write_csv, "html": write_html, "xml": write_spreadsheetml}


def convert_all(samples: dict[str, dict], ending: str, folder: Path) -> dict[str, bytes]:
    """The samples in another office format, all in one run of LibreOffice."""
    for name, sample in samples.items():
        (folder / f"{name}.xlsx").write_bytes(build_sample(sample))
    command = [SOFFICE, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", ending, "--outdir", str(folder / "out")]
    subprocess.run([*command, *(str(folder / f"{name}.xlsx") for name in samples)], check=True, capture_output=True, timeout=180)
    return {name: (folder / "out" / f"{name}.{ending}").read_bytes() for name in samples}
