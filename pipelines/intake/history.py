"""What earlier months say: asked of the warehouse or of a release once, and kept up to date by what a load accepts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Protocol

from pipelines.catalog.model import Catalog
from pipelines.intake.examine import History
from pipelines.intake.validate.review import NUMBERS, Figures, total_figures
from pipelines.warehouse.submission import Submission

_PERIODS = "select form, township_code, period from form_load where superseded_by is null and form in ('register', 'monthly')"
_REGISTER = "select employer, employer_kind, union_name, has_union, members from register where township_code = $code and period = $period"
_MONTHLY = "select indicator_code, value from monthly where township_code = $code and period = $period and value is not null"
_KEYS = ("employer", "employer_kind", "union_name", "has_union", "members")


class Source(Protocol):
    """A writer or a reader."""

    def rows(self, sql: str, parameters: dict[str, object] | None = None) -> list[tuple]:
        """The query's rows."""


class RunningHistory:
    """Registers and monthly figures by township and month; those accepted in this load come before those in the source."""

    def __init__(self, source: Source, catalog: Catalog) -> None:
        self._source = source
        self._forms = {form.key: form for form in catalog.forms}
        self._figures_of: dict[tuple[str, str], Figures] = {}
        self._periods: dict[tuple[str, str], set[date]] = {}
        for form, code, period in source.rows(_PERIODS):
            self._periods.setdefault((form, code), set()).add(period)
        self._registers: dict[tuple[str, date], list[dict]] = {}
        self._monthly: dict[tuple[str, date], dict[str, Decimal]] = {}

    def _register(self, code: str, period: date) -> list[dict]:
        if (code, period) not in self._registers:
            rows = self._source.rows(_REGISTER, {"code": code, "period": period})
            self._registers[code, period] = [dict(zip(_KEYS, row, strict=True)) for row in rows]
        return self._registers[code, period]

    def _figures(self, code: str, period: date) -> dict[str, Decimal]:
        if (code, period) not in self._monthly:
            self._monthly[code, period] = dict(self._source.rows(_MONTHLY, {"code": code, "period": period}))
        return self._monthly[code, period]

    def last_register(self, code: str, before: date) -> tuple[date, list[dict]] | None:
        """Month and rows of the township's newest register before a month."""
        earlier = [p for p in self._periods.get(("register", code), ()) if p < before]
        return (max(earlier), self._register(code, max(earlier))) if earlier else None

    def monthly_so_far(self, code: str, period: date) -> dict[str, dict[int, Decimal]]:
        """Item -> month -> value, for the months of the year before this one."""
        found: dict[str, dict[int, Decimal]] = {}
        for month in sorted(p for p in self._periods.get(("monthly", code), ()) if p.year == period.year and p < period):
            for item, value in self._figures(code, month).items():
                found.setdefault(item, {})[month.month] = value
        return found

    def figures(self, code: str, form: str) -> Figures:
        """The totals of a form's number columns by month."""
        if (code, form) not in self._figures_of:
            numbers = [c.key for c in self._forms[form].columns if c.type in NUMBERS]
            sums = "".join(f', coalesce(sum("{key}"), 0)' for key in numbers)
            rows = self._source.rows(f'select period, count(*){sums} from "{form}" where township_code = $code group by period', {"code": code})
            self._figures_of[code, form] = {row[0]: dict(zip(("rows", *numbers), map(Decimal, row[1:]), strict=True)) for row in rows}
        return self._figures_of[code, form]

    def accept(self, submission: Submission) -> None:
        """Takes in what an accepted upload says."""
        place = submission.township_code, submission.period
        for form in submission.forms:
            self.figures(place[0], form.form)[place[1]] = total_figures(self._forms[form.form], form.rows)
            if form.form == "register":
                self._registers[place] = [{k: row.get(k) for k in _KEYS} for row in form.rows]
            elif form.form == "monthly":
                self._monthly[place] = {str(r["indicator_code"]): r["value"] for r in form.rows if r.get("value") is not None}
            else:
                continue
            self._periods.setdefault((form.form, place[0]), set()).add(place[1])

    def as_history(self) -> History:
        """The questions that the examination asks."""
        return History(self.last_register, self.monthly_so_far, self.figures)
