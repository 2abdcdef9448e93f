"""What the checker finds in a draft that somebody else wrote."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from decimal import Decimal

STATUSES = {"agrees": "一致", "differs": "不一致", "untied": "无法对应", "placeholder": "待补充", "sum": "算式不符"}


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as it stands in a paragraph: its place, its exact value, and how exactly it was written."""

    paragraph: int
    start: int
    end: int
    text: str
    value: Decimal
    unit: str
    at_least: bool
    half: Decimal  # half of the last place written: 9.2万 stands for anything within 500 of it
    step: Decimal  # what 余 may add: 120余 is below 130


@dataclass(frozen=True, slots=True)
class Finding:
    """One figure (or several that add up, or words that state one) with what the data says."""

    status: str
    paragraph: int  # counted from 0
    start: int
    end: int
    text: str
    sentence: str
    indicator: str = ""  # its code; empty where the figure cannot be tied
    name: str = ""
    period: str = ""
    expected: str = ""  # the data's value in words
    note: str = ""

    @property
    def remark(self) -> str:
        """One sentence for a comment at the spot."""
        if self.status == "agrees":
            return f"与数据一致：{self.period}{self.name}为 {self.expected}。{self.note}"
        if self.status == "differs":
            return f"与数据不一致：文中是“{self.text}”，{self.period}{self.name}的数据是 {self.expected}。{self.note}请核对后改正。"
        if self.status == "placeholder":
            return "这里还没有填写，请补充。"
        if self.status == "sum":
            return f"{self.note}请核对后改正。"
        return f"数据里没有能对应的指标，请人工核对。{self.note}"

    def as_dict(self) -> dict[str, object]:
        """For `--json` and tables."""
        return asdict(self) | {"status_name": STATUSES[self.status], "remark": self.remark}
