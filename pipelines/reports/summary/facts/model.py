"""What a summary may say, as numbers: no word of it is chosen here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Place:
    """The township or the whole county that the summary is about."""

    code: str
    name: str
    is_county: bool
    whole: str = "全县"  # what all of it is called, where it is no township


@dataclass(frozen=True, slots=True)
class Span:
    """The months that it covers: those of `reading` up to and with `period`."""

    reading: str
    period: date


@dataclass(frozen=True, slots=True)
class Part:
    """A township's share of the county's figure."""

    township: str
    value: float
    at_least: bool = False
    numerator: float | None = None
    denominator: float | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure with what it is made of; `value` is None where nobody reported it. Shares are fractions, money is yuan."""

    code: str
    name: str
    unit: str
    value: float | None
    at_least: bool = False
    numerator: float | None = None
    denominator: float | None = None
    area: str = ""
    direction: str = "none"
    definition: str = ""
    target: float | None = None
    pace: float | None = None  # the part of a year's target that the months gone by ask for
    light: str = "none"
    form: str = ""
    parts: tuple[Part, ...] = ()  # the largest first; the county's own facts only
    now: float | None = None  # both sides of the comparison with last year, over the townships that reported the same months
    before: float | None = None
    compared: int = 0  # how many townships that was

    @property
    def is_known(self) -> bool:
        """Whether there is anything to say: `0以上` is no figure."""
        return self.value is not None and not (self.at_least and self.value == 0)


@dataclass(frozen=True, slots=True)
class Issue:
    """One line of the issue log."""

    township: str
    problem: str
    domain: str
    cause: str
    measure: str
    owner: str
    due: date | None
    done: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that a summary of a place and span may say."""

    place: Place
    county: str
    span: Span
    facts: dict[str, Fact]
    issues: tuple[Issue, ...]
    sources: dict[str, tuple[str, ...]]  # form -> the uploads in force within the span
    release: str
