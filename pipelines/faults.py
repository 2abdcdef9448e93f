"""The two kinds of fault the product speaks of: a fault in the data is a value, wrong use is one exception."""

from __future__ import annotations

from dataclasses import dataclass, fields

SEVERITIES = {"error": "必须修改", "warning": "请核对"}
EXPLAIN = "请说明原因"

@dataclass(frozen=True, slots=True)
class Problem:
    """One fault in a spreadsheet: where it is, what was found, and how to mend it (message and remedy in Chinese)."""

    code: str
    severity: str  # "error" refuses the file, "warning" asks for a second look
    sheet: str | None
    cell: str | None  # one A1 address; None when the fault is the whole file's or sheet's
    field: str | None  # the column's key
    found: str | None  # what stood there, as text, personal data masked
    message: str
    remedy: str
    explain: bool = False  # a warning that asks for a written reason

    @property
    def key(self) -> str:
        """What an explanation is kept under: the code and its place."""
        return f"{self.code} {self.sheet or ''}!{self.cell or ''} {self.field or ''}"

    @property
    def word(self) -> str:
        """必须修改, 请核对 or 请说明原因."""
        return EXPLAIN if self.explain else SEVERITIES[self.severity]

    def as_dict(self) -> dict[str, str | None]:
        """The problem under the key names of the `--json` contract."""
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name != "explain"}


class UserError(Exception):
    """Wrong use, told in one Chinese sentence with its remedy; caught in one place (exit code 2, or a notice on a page)."""

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


class DiskFault(UserError):
    """The disk takes nothing: full, read-only or broken. What was under way is not done."""

    def __init__(self, message: str, remedy: str = "", folder: str = "") -> None:
        super().__init__(message, remedy)
        self.folder = folder  # where it happened, for whoever sits at the machine; empty when the system did not tell


class StoreGone(UserError):
    """The server that keeps the warehouse's catalogue cannot be reached, or lost what it kept."""
