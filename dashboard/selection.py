"""What the visitor has chosen: month, township and reading, remembered in the address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import streamlit as st

from dashboard.access import visitor
from dashboard.cached import find_catalog, query
from pipelines.catalog.period import name_period, parse_period
from pipelines.catalog.reading import READINGS, first_month, name_span

BY_NAME = {name: key for key, name in READINGS.items()}
ALL = "全部乡镇"


@dataclass(frozen=True, slots=True)
class Selection:
    """One view's filters; `place_code` is the township's or the county's."""

    period: date
    township_code: str | None
    township: str | None
    reading: str
    county_code: str
    county: str

    @property
    def place_code(self) -> str:
        """The chosen township, else the county."""
        return self.township_code or self.county_code

    @property
    def place(self) -> str:
        """`龙坝镇`, or `全县`."""
        return self.township or "全县"

    @property
    def span(self) -> str:
        """`3月`, `第一季度`, `1—10月`."""
        return name_span(self.reading, self.period)

    @property
    def first(self) -> date:
        """The first month that the reading covers."""
        return first_month(self.reading, self.period)


def list_periods() -> list[date]:
    """Reported months, newest first."""
    return [d.date() for d in query("periods").period]


def choose(township: bool, readings: bool) -> Selection:
    """Draws the filter bar; there must be data."""
    catalog = find_catalog()
    months = {name_period(p): p for p in list_periods()}
    own = visitor().township_code
    codes = {t.name: t.code for t in catalog.county.townships if own in (None, t.code)}
    everywhere = [] if own else [ALL]
    with st.container(key="filters", horizontal=True, horizontal_alignment="right"):
        period = st.selectbox("月份", list(months), key="period", bind="query-params", label_visibility="collapsed")
        name = st.selectbox("乡镇", [*everywhere, *codes], key="township", bind="query-params", label_visibility="collapsed") if township else (everywhere or list(codes))[0]
        reading = st.selectbox("口径", list(BY_NAME), key="reading", bind="query-params", label_visibility="collapsed") if readings else READINGS["month"]
    chosen = parse_period(period)
    place = None if name == ALL else name
    return Selection(chosen, codes.get(name), place, BY_NAME[reading], catalog.county.code, catalog.county.name)
