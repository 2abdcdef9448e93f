"""What intake hands to the warehouse: one accepted upload, typed and with its addresses."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from pipelines.faults import Problem


@dataclass(frozen=True, slots=True)
class FormRows:
    """The rows of one form as read from one workbook. `rows[i]` stands in sheet row `source_rows[i]` (1-based)."""

    form: str
    sheet: str
    range: str  # A1:K40, header included
    rows: list[dict[str, object]]  # key -> str | int | Decimal | date | bool | None; plus "<key>_at_least" -> True where it is so
    source_rows: list[int]
    source_sheets: list[str]  # same length: a form may be joined from several sheets
    columns: list[dict[str, str]]  # of each table that the form was joined from: key -> column letters, e.g. {"amount": "H"}
    nil_return: bool = False
    source_tables: list[int] | None = None  # for each row the number of its table in `columns`; None where there is only one


@dataclass(frozen=True, slots=True)
class Submission:
    """One accepted upload of one township and month."""

    submission_id: str  # "000123": the receipt's sequence, so a rebuild gives the same ids
    sha256: str
    source_file: str  # base name
    township_code: str
    period: date  # first day of the month
    received_at: datetime  # naive, county's local time
    received_by: str
    catalogue_sha256: str
    forms: tuple[FormRows, ...]
    problems: tuple[Problem, ...] = ()  # warnings only: an error refuses the upload
    explanations: dict[str, str] = field(default_factory=dict)  # Problem.key -> the written reason; "*" stands for all
    correction: str = ""  # the reason, where it corrects a month that was approved

    def explanation(self, problem: Problem) -> str | None:
        """The reason that was given for a problem which asks for one."""
        return (self.explanations.get(problem.key) or self.explanations.get("*")) if problem.explain else None
