"""How townships are scored, and when a yes of the self-check is not believed, as frozen records; the `[[rubric]]` and `[[contradiction]]` blocks of `data/catalog` fill them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """So many points from this value on."""

    at: float  # in the indicator's unit; a share is a fraction
    points: float


@dataclass(frozen=True, slots=True)
class Deduct:
    """So many points off for every so many of something."""

    every: float
    points: float
    indicator: str = ""
    fact: str = ""  # a key of FACTS, in the place of an indicator
    of: str = "gap"  # gap: denominator less numerator | value | below: `level` less value
    level: float = 0.0
    rounding: str = "down"  # what is left over counts for nothing; "up": as a whole one
    unit: str = ""  # of what is counted: 个工会, 份 …
    lift: str = ""  # what would spare it, with {n}; without it nothing is suggested
    effort: float = 1.0  # of one {n}, as in an item


@dataclass(frozen=True, slots=True)
class RubricItem:
    """One line of a rubric: where its points come from, and at most how many."""

    key: str
    name: str
    kind: str  # steps | floor | flat | deduct | manual
    full: float
    indicator: str = ""
    fact: str = ""  # a key of FACTS, in the place of an indicator
    of: str = "value"  # value | increase | growth: of the stock since last December
    compare: str = ">="  # or "<=" where less is better
    steps: tuple[Step, ...] = ()
    at: float = 0.0  # flat: the value that earns all points
    every: float = 0.0  # floor: so much …
    points: float = 0.0  # … earns so many points
    deduct: tuple[Deduct, ...] = ()
    lift: str = ""  # what would raise it, with {n}: 再建会 {n} 家; without it nothing is suggested
    effort: float = 1.0  # of one {n}; 1 is about the work of founding one union
    link: str = ""  # the view where the work is listed
    note: str = ""


@dataclass(frozen=True, slots=True)
class RubricGroup:
    """Some items together; `capped` where they may earn more than the group gives."""

    key: str
    name: str
    full: float
    items: tuple[RubricItem, ...]
    deduct: tuple[Deduct, ...] = ()
    capped: bool = False


@dataclass(frozen=True, slots=True)
class Veto:
    """一票否决: what caps the whole score. Without indicator and fact the county says so by hand."""

    key: str
    words: str
    indicator: str = ""
    fact: str = ""
    at: float = 1.0  # from this value on
    cap: float = 0.0  # the most that is left


@dataclass(frozen=True, slots=True)
class Rubric:
    """One way of scoring, in its version from a year on; the newest active one of a year is in force."""

    key: str
    name: str
    first_year: int
    full: float
    groups: tuple[RubricGroup, ...]
    last_year: int = 9999
    vetoes: tuple[Veto, ...] = ()
    active: bool = True
    reading: str = "year"
    rank_from: float = 0.8  # a township of which less than this share can be judged has no rank
    note: str = ""
    source: str = ""

    @property
    def items(self) -> tuple[RubricItem, ...]:
        """The items of all groups."""
        return tuple(i for g in self.groups for i in g.items)

    def item(self, key: str) -> RubricItem:
        """The item with this key; KeyError when there is none."""
        for item in self.items:
            if item.key == key:
                return item
        raise KeyError(key)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """What speaks against a yes of the self-check."""

    key: str
    claim: str  # the item of a standard of unions that it speaks against
    kind: str  # no_rows | column | zero | below | issue_text | same_evidence
    reason: str  # what is told, with the kind's blanks
    verdict: str = "deny"  # deny: counts as no | doubt: is shown, and counts as yes
    forms: tuple[str, ...] = ()  # no_rows: in none of these ledgers
    months: int = 0  # no_rows, zero: looking back so far
    reported: int = 0  # no_rows: as long as so many of these months were reported
    field: str = ""  # column: a yes/no of the register
    left: str = ""  # zero, below: an item of 乡镇月报 …
    right: str = ""  # … and the one it is held against
    words: tuple[str, ...] = ()  # issue_text: an open problem speaks of one of these
    least: int = 0  # same_evidence: from so many characters on


# what no indicator counts: name, unit ("%" for a share)
FACTS = {
    "hazards_overdue": ("本年逾期未整改隐患", "处"),
    "eight_haves_verified": ("八有达标率（核定）", "%"),
    "six_committees_verified": ("六会健全率（核定）", "%"),
}
BLANKS = {  # of a contradiction's reason
    "no_rows": ("months", "forms", "last"), "column": ("field",), "zero": ("months", "left", "right"), "below": ("left", "right", "gap"),
    "issue_text": ("text",), "same_evidence": ("other", "text"),
}  # fmt: skip
OF_TOWNSHIPS = ("zero", "below", "issue_text")  # speak of a township as a whole: no single union can be denied by them


def find_rubric(rubrics: tuple[Rubric, ...], year: int, key: str = "") -> Rubric | None:
    """The rubric in force in a year, or the year's version of one that is named; None where there is none."""
    fitting = [r for r in rubrics if r.first_year <= year <= r.last_year and (r.key == key if key else r.active)]
    return max(fitting, key=lambda r: r.first_year, default=None)
