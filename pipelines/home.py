"""Where the product keeps what it writes, and the limits it keeps to; both can be set from the environment."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipelines.faults import UserError

ROOT = Path(__file__).resolve().parent.parent
CODE_CATALOG = ROOT / "data" / "catalog"
CODE_WORDING = ROOT / "data" / "wording"


@cache
def _lay_over(own: Path, code: Path) -> Path:
    return own.with_suffix(".local") if own.resolve() == code.resolve() else own


@dataclass(frozen=True, slots=True)
class Home:
    """One county's folder: originals, receipts, warehouse, releases, and its own overlay of the catalogue."""

    path: Path
    local: bool = False  # keeps its warehouse in a file whatever the setting says: a folder of a few minutes, as for a rebuild

    @property
    def originals(self) -> Path:
        """Uploaded bytes, named by sha256; never deleted."""
        return self.path / "originals"

    @property
    def receipts(self) -> Path:
        """One JSON file per upload: who, when, from where, under which catalogue, with what outcome."""
        return self.path / "receipts"

    @property
    def decisions(self) -> Path:
        """One JSON file per act of the county on a township's month."""
        return self.path / "decisions"

    @property
    def catalogues(self) -> Path:
        """Every catalogue that a load was ever made under, named by its hash."""
        return self.path / "catalogues"

    @property
    def warehouse(self) -> Path:
        """The live database file; only the process that holds the lock opens it."""
        return self.path / "warehouse" / "live.duckdb"

    @property
    def lake_note(self) -> Path:
        """The name of the home's catalogue in PostgreSQL; there only while its warehouse is a lake."""
        return self.path / "warehouse" / "lake.json"

    @property
    def releases(self) -> Path:
        """Immutable published copies of the warehouse and the CURRENT pointer."""
        return self.path / "releases"

    @property
    def lock(self) -> Path:
        """The writers' lock."""
        return self.path / "writer.lock"

    @property
    def overlay(self) -> Path:
        """The county's own catalogue files, laid over `data/catalog`; beside it when the home is `data/` itself."""
        return _lay_over(self.path / "catalog", CODE_CATALOG)

    @property
    def wording(self) -> Path:
        """The county's own sentences for what the board writes, laid over `data/wording`; beside it when the home is `data/` itself."""
        return _lay_over(self.path / "wording", CODE_WORDING)

    @property
    def demo(self) -> Path:
        """The demo county's workbooks."""
        return self.path / "demo"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost."""

    file_megabytes: int = 20
    read_seconds: int = 9  # a report of 50,000 rows takes 1 to 4
    read_megabytes: int = 1024


@cache
def _resolve(folder: str) -> Home:
    return Home(Path(folder).resolve())


def find_home() -> Home:
    """The home named by `UNION_BOARD_HOME`, else `data/` of the checkout."""
    return _resolve(os.environ.get("UNION_BOARD_HOME") or str(ROOT / "data"))


def read_warehouse_address() -> str:
    """Where PostgreSQL keeps the catalogue of the warehouse, as `UNION_BOARD_WAREHOUSE` says; empty for a DuckDB file."""
    return os.environ.get("UNION_BOARD_WAREHOUSE", "").strip()


def read_number(name: str, default: int, least: int, most: int) -> int:
    """The whole number that an environment variable says, the default where it is unset or empty; UserError for anything else."""
    text = os.environ.get(name, "").strip()
    if not text:
        return default
    if not re.fullmatch(r"[0-9]{1,12}", text) or not least <= int(text) <= most:
        raise UserError(f"环境变量 {name} 写的是“{text[:40]}”。", f"请写 {least} 到 {most} 之间的整数，只写数字，不带单位。")
    return int(text)


def read_limits() -> Limits:
    """The limits, each overridden by its `UNION_BOARD_…` variable."""
    default = Limits()
    return Limits(
        read_number("UNION_BOARD_FILE_MB", default.file_megabytes, 1, 1000),
        read_number("UNION_BOARD_READ_SECONDS", default.read_seconds, 1, 3600),
        read_number("UNION_BOARD_READ_MB", default.read_megabytes, 64, 1_000_000),
    )


def read_retention() -> int:
    """How many releases are kept, 100 unless UNION_BOARD_KEEP_RELEASES says otherwise; never fewer than two."""
    return read_number("UNION_BOARD_KEEP_RELEASES", 100, 2, 1_000_000)
