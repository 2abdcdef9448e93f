"""What a load tells its caller; `as_dict()` is the `--json` contract."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal

from pipelines.catalog.period import format_period
from pipelines.faults import Problem


@dataclass(slots=True)
class TableRead:
    """Where one form was found and how many rows it gave."""

    sheet: str
    range: str
    rows: int


@dataclass(slots=True)
class ColumnRead:
    """How one column was read: where it stands, its header as written, the column it is, the unit applied, the first value."""

    letters: str
    header: str
    key: str
    unit: str
    example: str


@dataclass(slots=True)
class FileReport:
    """What became of one file: loaded, valid (only checked), unchanged or refused."""

    file: str
    status: str
    township_code: str | None = None
    period: date | None = None
    submission_id: str | None = None
    forms: dict[str, list[TableRead]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    columns: dict[str, list[ColumnRead]] = field(default_factory=dict)  # form -> how its columns were read
    totals: dict[str, list[int]] = field(default_factory=dict)  # form -> rows that are totals: compared, not loaded
    changes: dict[str, dict[str, tuple[Decimal, Decimal]]] = field(default_factory=dict)  # form -> column -> last month's total, this month's

    def as_dict(self) -> dict[str, object]:
        """The file's part of the `--json` contract."""
        return {
            "file": self.file,
            "status": self.status,
            "township_code": self.township_code,
            "period": format_period(self.period) if self.period else None,
            "submission_id": self.submission_id,
            "forms": {form: [asdict(t) for t in tables] for form, tables in self.forms.items()},
            "problems": [p.as_dict() for p in self.problems],
        }


@dataclass(slots=True)
class LoadReport:
    """What became of every file, and the release that shows it."""

    release: str | None
    files: list[FileReport]

    def as_dict(self) -> dict[str, object]:
        """The `--json` contract of `load` and `check`."""
        return {"release": self.release, "files": [f.as_dict() for f in self.files]}
