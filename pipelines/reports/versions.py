"""What two uploads of the same month say differently: rows and totals of every form that either holds."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from pipelines.catalog.model import Catalog, Form
from pipelines.warehouse.reader import Reader

NUMBERS = ("count", "money", "decimal")
_FORMS = "select form, submission_id, row_count from form_load where submission_id in ($old, $new)"


@dataclass(frozen=True, slots=True)
class Change:
    """One total of one form in both uploads; None where an upload does not hold the form."""

    form: str
    what: str  # 行数, or the column's header
    old: Decimal | None
    new: Decimal | None

    @property
    def differs(self) -> bool:
        """Whether the two say another thing."""
        return self.old != self.new


def _totals(reader: Reader, form: Form, submission_id: str) -> list[Decimal]:
    sums = ", ".join(f'coalesce(sum("{c.key}"), 0)' for c in form.columns if c.type in NUMBERS)
    row = reader.rows(f'select count(*){", " if sums else ""}{sums} from "{form.key}_all" where submission_id = $id', {"id": submission_id})[0]
    return [Decimal(v) for v in row]


def compare_versions(reader: Reader, catalog: Catalog, old: str, new: str) -> list[Change]:
    """Every form's number of rows and totals of its number columns, in the catalogue's order; a form that neither holds is left out."""
    held = {(form, number) for form, number, _ in reader.rows(_FORMS, {"old": old, "new": new})}
    changes = []
    for form in catalog.forms:
        sides = [_totals(reader, form, n) if (form.key, n) in held else None for n in (old, new)]
        if sides == [None, None]:
            continue
        names = ["行数", *(c.header for c in form.columns if c.type in NUMBERS)]
        changes += [Change(form.title, name, sides[0] and sides[0][i], sides[1] and sides[1][i]) for i, name in enumerate(names)]
    return changes
