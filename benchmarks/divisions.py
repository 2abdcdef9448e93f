"""The places of each size: the code's own county, or a part of the country's list of divisions (`divisions.parquet`: code, name; 2, 4, 6 or 9 digits a level)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet

LIST = Path(__file__).parent / "divisions.parquet"
LEVELS = {0: "country", 2: "province", 4: "city", 6: "county", 9: "township"}
COUNTRY = ("00", "全国", "country", "")


@dataclass(frozen=True, slots=True)
class Size:
    """How much is generated; of the long forms (register, standards, monthly) and of the ledgers the rows stand only in so many of the last months."""

    name: str
    prefix: str | None  # whose code the places begin with; None for the code's own county, empty for the country
    months: int
    counties: int | None = None  # no more than these
    long_months: int = 60
    ledger_months: int = 60


SIZES = {
    s.name: s
    for s in (
        Size("tiny", None, 3),
        Size("tiny_city", "5101", 3, counties=2),
        Size("county", None, 60),
        Size("ten", "5101", 60, counties=10),
        Size("province", "51", 60, long_months=1),
        Size("country", "", 12, long_months=1, ledger_months=1),
    )
}


def list_places(size: Size) -> list[tuple[str, str, str, str]]:
    """(code, name, level, parent) of every place, parents before children; empty where the size is the code's own county."""
    if size.prefix is None:
        return []
    table = pyarrow.parquet.read_table(LIST)
    named = {code: name for code, name in zip(*(table[c].to_pylist() for c in ("code", "name")), strict=True) if code.startswith(size.prefix)}
    kept = set(sorted(code for code in named if len(code) == 6)[: size.counties])
    inside = sorted((code for code in named if len(code) < 6 or code[:6] in kept), key=lambda code: (len(code), code))
    root = [] if size.prefix else [COUNTRY]
    return root + [(code, named[code], LEVELS[len(code)], _parent(code, size)) for code in inside]


def _parent(code: str, size: Size) -> str:
    if code == size.prefix:
        return ""
    return code[: {9: 6, 6: 4, 4: 2}[len(code)]] if len(code) > 2 else COUNTRY[0]
