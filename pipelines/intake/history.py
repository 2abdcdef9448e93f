"""What earlier months say: asked of the warehouse or of a release once for each township, and kept up to date by what a load accepts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Protocol

from pipelines.catalog.model import Catalog, Form
from pipelines.intake.examine import History
from pipelines.intake.validate.review import NUMBERS, Figures, total_figures
from pipelines.warehouse.submission import Submission

_LOADED = "select form, period, submission_id from form_load where township_code = $code and superseded_by is null"
_REGISTER = "select employer, employer_kind, union_name, has_union, members from register_all where submission_id = $id"
_MONTHLY = "select period, indicator_code, value from monthly_all where submission_id in (select unnest($ids)) and value is not null"
_KEYS = ("employer", "employer_kind", "union_name", "has_union", "members")
_Loads = dict[str, dict[date, str]]  # form -> month -> the upload in force


class Source(Protocol):
    """A writer or a reader."""

    def rows(self, sql: str, parameters: dict[str, object] | None = None) -> list[tuple]:
        """The query's rows."""


def _numbers(form: Form) -> list[str]:
    return [c.key for c in form.columns if c.type in NUMBERS]


def _total(form: Form) -> str:
    sums = "".join(f', coalesce(sum("{key}"), 0)' for key in _numbers(form))
    return f"""select '{form.key}', period, [count(*){sums}]::decimal(38, 4)[] from "{form.key}_all"
where period between $first and $last and submission_id in (select unnest($of_{form.key})) group by period"""


class RunningHistory:
    """Registers and monthly figures by township and month; those accepted in this load come before those in the source."""

    def __init__(self, source: Source, catalog: Catalog) -> None:
        self._source = source
        self._forms = {form.key: form for form in catalog.forms}
        self._loads_of: dict[str, _Loads] = {}
        self._figures_of: dict[tuple[str, int], dict[str, Figures]] = {}
        self._accepted: dict[tuple[str, str], Figures] = {}
        self._registers: dict[tuple[str, date], list[dict]] = {}
        self._monthly: dict[tuple[str, date], dict[str, Decimal]] = {}
        self._monthly_years: set[tuple[str, int]] = set()

    def _loads(self, code: str) -> _Loads:
        """As the source had them when the township was first asked for, with the months that were accepted since."""
        if code not in self._loads_of:
            found = self._loads_of[code] = {}
            for form, period, submission_id in self._source.rows(_LOADED, {"code": code}):
                found.setdefault(form, {})[period] = submission_id
        return self._loads_of[code]

    def _register(self, code: str, period: date) -> list[dict]:
        if (code, period) not in self._registers:
            rows = self._source.rows(_REGISTER, {"id": self._loads(code)["register"][period]})
            self._registers[code, period] = [dict(zip(_KEYS, row, strict=True)) for row in rows]
        return self._registers[code, period]

    def _read_monthly(self, code: str, year: int) -> None:
        if (code, year) in self._monthly_years:
            return
        self._monthly_years.add((code, year))
        loads = self._loads(code).get("monthly", {})
        ids = [number for period, number in loads.items() if period.year == year and (code, period) not in self._monthly]
        for period, item, value in self._source.rows(_MONTHLY, {"ids": ids}) if ids else ():
            self._monthly.setdefault((code, period), {})[item] = value

    def last_register(self, code: str, before: date) -> tuple[date, list[dict]] | None:
        """Month and rows of the township's newest register before a month."""
        earlier = [p for p in self._loads(code).get("register", ()) if p < before]
        return (max(earlier), self._register(code, max(earlier))) if earlier else None

    def monthly_so_far(self, code: str, period: date) -> dict[str, dict[int, Decimal]]:
        """Item -> month -> value, for the months of the year before this one."""
        self._read_monthly(code, period.year)
        found: dict[str, dict[int, Decimal]] = {}
        for month in sorted(p for p in self._loads(code).get("monthly", ()) if p.year == period.year and p < period):
            for item, value in self._monthly.get((code, month), {}).items():
                found.setdefault(item, {})[month.month] = value
        return found

    def _read_figures(self, code: str, year: int) -> dict[str, Figures]:
        """Of every form that the township sent in a year and the one before, in one question: a lake takes as long for a form as for a statement."""
        if (code, year) not in self._figures_of:
            found: dict[str, Figures] = {}
            meant = {form: [n for p, n in months.items() if year - 1 <= p.year <= year] for form, months in self._loads(code).items() if form in self._forms}
            parts = {form: ids for form, ids in meant.items() if ids}
            words = {"first": date(year - 1, 1, 1), "last": date(year, 12, 31)} | {f"of_{form}": ids for form, ids in parts.items()}
            rows = self._source.rows(" union all ".join(_total(self._forms[form]) for form in parts), words) if parts else ()
            for form, period, totals in rows:
                found.setdefault(form, {})[period] = dict(zip(("rows", *_numbers(self._forms[form])), totals, strict=True))
            self._figures_of[code, year] = found
        return self._figures_of[code, year]

    def figures(self, code: str, form: str, period: date) -> Figures:
        """The totals of a form's number columns by month, of the month's year and the one before."""
        return self._read_figures(code, period.year).get(form, {}) | self._accepted.get((code, form), {})

    def accept(self, submission: Submission) -> None:
        """Takes in what an accepted upload says."""
        code, period = place = submission.township_code, submission.period
        for form in submission.forms:
            self._accepted.setdefault((code, form.form), {})[period] = total_figures(self._forms[form.form], form.rows)
            if form.form == "register":
                self._registers[place] = [{k: row.get(k) for k in _KEYS} for row in form.rows]
            elif form.form == "monthly":
                self._monthly[place] = {str(r["indicator_code"]): r["value"] for r in form.rows if r.get("value") is not None}
            self._loads(code).setdefault(form.form, {})[period] = submission.submission_id

    def as_history(self) -> History:
        """The questions that the examination asks."""
        return History(self.last_register, self.monthly_so_far, self.figures)
