"""Six questions that the board asks every day: as its own SQL, as a person would write them on the file, and in pandas over the CSV export of a table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pandas

from dashboard.cached import SQL
from pipelines.catalog.period import shift_period


@dataclass(frozen=True, slots=True)
class Question:
    """`name` of dashboard/sql; its parameters from the month; by hand; in pandas from the table's export and the month as YYYY-MM; by hand where the board tells of the root's children, no townships."""

    name: str
    parameters: Callable[[date], dict]
    by_hand: str
    table: str
    in_pandas: Callable[[pandas.DataFrame, str], object]
    of_children: str = ""

    def sql(self) -> str:
        """As the board asks it."""
        return (SQL / f"{self.name}.sql").read_text("utf-8")


def _span(period: date) -> dict:
    return {"first": period.replace(month=1), "last": period, "place": ""}


def _year(frame: pandas.DataFrame, month: str) -> pandas.DataFrame:
    return frame[frame.period.between(month[:4] + "-01", month)]


_STATE = "min(list_position(['returned', 'submitted', 'resubmitted', 'approved', 'locked', 'missing'], s.state))"
_CHILDREN = f"""select p.place_code, p.place, s.period, {_STATE} as state, count(*) filter (where s.status = 'missing') as missing, bool_or(s.status = 'late') as late, max(s.due) as due
        from submission_status as s join place_township as t using (township_code) join place as p using (place_code)
        where p.parent_code = (select place_code from place where coalesce(parent_code, '') = '') and s.period"""

QUESTIONS = (
    Question(
        "returns_of_month",
        lambda period: {"period": period},
        "select * from submission_status where period = $period order by township_code",
        "submission_status",
        lambda f, month: f[f.period == month].sort_values("township_code"),
        f"{_CHILDREN} = $period group by all order by 1",
    ),
    Question(
        "returns_board",
        lambda period: {"period": period},
        "select township_code, township, period, state, status, due from submission_status where period between $period - interval 11 month and $period order by township_code, period",
        "submission_status",
        lambda f, month: f[f.period > f"{int(month[:4]) - 1}{month[4:]}"].sort_values(["township_code", "period"]),
        f"{_CHILDREN} between $period - interval 11 month and $period group by all order by 1, 3",
    ),
    Question(
        "relief_parts",
        _span,
        """select period, category, coalesce(source, '未注明') as source, count(*) as payments, sum(amount) as amount, sum(recipients) as recipients
        from relief where period between date_trunc('year', $period) and $period group by all order by period, amount desc""",
        "relief",
        lambda f, month: _year(f, month).fillna({"source": "未注明"}).groupby(["period", "category", "source"])[["amount", "recipients"]].sum().sort_values("amount"),
    ),
    Question(
        "hazard_months",
        _span,
        "select period, sum(rectified), sum(hazards) from safety where hazards is not null and period between date_trunc('year', $period) and $period group by period order by period",
        "safety",
        lambda f, month: _year(f, month).groupby("period")[["rectified", "hazards"]].sum(),
    ),
    Question(
        "hazards_open",
        lambda period: _span(period) | {"first": shift_period(period, -2)},
        """select t.township, s.union_name, s.period, s.date, s.hazards - coalesce(s.rectified, 0) as remaining, s.due from safety as s join township as t using (township_code)
        where s.period between $period - interval 2 month and $period and s.hazards > coalesce(s.rectified, 0) order by s.due nulls last""",
        "safety",
        lambda f, month: f[f.period.between(str(pandas.Period(month) - 2), month) & (f.hazards > f.rectified.fillna(0))].sort_values("due"),
    ),
    Question(
        "activity_kinds",
        _span,
        """select category, count(*) as entries, sum(times) as times, sum(items) as items, sum(participants) as participants, sum(cost) as cost
        from activity where period between date_trunc('year', $period) and $period group by category order by participants desc nulls last, category""",
        "activity",
        lambda f, month: _year(f, month).groupby("category")[["times", "items", "participants", "cost"]].sum().sort_values("participants"),
    ),
)
