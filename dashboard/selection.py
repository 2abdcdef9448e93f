"""What the visitor has chosen: month, township and reading, remembered in the address."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import pandas
import streamlit as st

from dashboard.access import visitor
from dashboard.cached import find_catalog, query
from dashboard.level_words import say
from pipelines.catalog.period import name_period, parse_period
from pipelines.catalog.reading import READINGS, first_month, name_span
from pipelines.reports.numbers import is_missing

BY_NAME = {name: key for key, name in READINGS.items()}
ALL = "全部乡镇"
_PAGE, _ARRIVAL, _KEPT, _WRITTEN = "page", "arrival", "picks_kept", "picks_written"


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
        """`龙坝镇`, or `全县`; a place above the counties says 全市, 全省."""
        return self.township or say("全县")

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


def settled_period(today: date | None = None) -> date:
    """The newest month whose deadline is over or that at least half of the townships reported: one early report shows nobody an empty board."""
    rows, day = list(query("periods").itertuples()), pandas.Timestamp(today or date.today())
    settled = [r for r in rows if is_missing(r.due) or r.due < day or 2 * r.reported >= r.expected]
    return (settled or rows)[0].period.date()


def arrive(page: str) -> None:
    """Notes how this tab comes to another page, through the menu or by an address that tells filters; to be called first in a run, with `settle` last."""
    if st.session_state.get(_PAGE, page) != page:
        st.session_state[_ARRIVAL] = "link" if st.query_params else "menu"
    st.session_state[_PAGE] = page


def settle() -> None:
    """The page was shown to the end: from now on its own filters hold. A run that was cut short does not come to this."""
    st.session_state[_ARRIVAL] = ""


def _follow(key: str, fits: Callable[[str | None], bool], default: str) -> None:
    """Sets the widget to what was chosen on the page before, where the menu led here, or to what the address asks for, where somebody changed it."""
    asked, kept = st.query_params.get(key), st.session_state.setdefault(_KEPT, {}).get(key)
    arrival, written = st.session_state.get(_ARRIVAL), st.session_state.setdefault(_WRITTEN, {}).get(key)
    if arrival == "menu":
        st.session_state[key] = kept if written is not None and fits(kept) else default
    elif arrival == "link" or asked != written or key not in st.session_state:
        st.session_state[key] = asked if fits(asked) else default


def _keep(key: str, value: str, default: str) -> str:
    st.session_state[_KEPT][key] = value
    st.session_state[_WRITTEN][key] = None if value == default else value
    return value


def follow(key: str, fits: Callable[[str | None], bool], default: str) -> str:
    """A choice that stands in the address in the same way as those of `pick`, drawn elsewhere."""
    _follow(key, fits, default)
    return _keep(key, st.session_state[key], default)


def pick(label: str, options: Sequence[str], key: str, default: str | None = None, **told: object) -> str:
    """A select box whose choice stands in the address (`write_address`) unless it is the default, the first option; it goes along to other pages.

    An address that somebody changed or followed wins; the menu, which empties it, changes nothing. What is no option is the default.
    """
    default = options[0] if default is None else default
    _follow(key, lambda value: value in options, default)
    return _keep(key, st.selectbox(label, options, key=key, **told), default)


def asked(key: str) -> str:
    """What was picked under a key, for an address; empty where it is the default."""
    return st.session_state.get(_WRITTEN, {}).get(key) or ""


def write(label: str, key: str, **told: object) -> str:
    """A line of text that stands in the address in the same way."""
    _follow(key, lambda value: value is not None, "")
    return _keep(key, st.text_input(label, key=key, **told), "")


def pick_many(label: str, options: Sequence[str], key: str, **told: object) -> list[str]:
    """A choice of several, in their order, which stands in the address in the same way, with 、 between."""

    def fits(value: str | None) -> bool:
        return bool(value) and set(value.split("、")) <= set(options)

    asked = st.session_state.get(key)
    st.session_state[key] = "、".join(asked) if isinstance(asked, list) else asked or ""
    _follow(key, fits, "")
    st.session_state[key] = [v for v in st.session_state[key].split("、") if v in options]
    chosen = st.multiselect(label, options, key=key, **told)
    _keep(key, "、".join(chosen), "")
    return chosen


def tell_picks(*keys: str) -> dict[str, str]:
    """What stands in the filters now, the defaults too, as `open_address` takes it."""
    return {key: st.session_state[_KEPT][key] for key in keys if st.session_state.get(_KEPT, {}).get(key)}


def open_address(query: dict[str, str]) -> None:
    """Has the filters of this run take what a kept address tells."""
    st.query_params.from_dict(query)
    st.session_state[_ARRIVAL] = "link"


def write_address(*keys: str) -> None:
    """Has the address tell what was picked, in one step; what it tells beside that stays."""
    now = {k: st.query_params.get_all(k) for k in st.query_params}
    wanted = {k: v for k, v in now.items() if k not in keys} | {k: [v] for k in keys if (v := st.session_state[_WRITTEN].get(k))}
    if wanted != now:
        st.query_params.from_dict(wanted)


def choose(township: bool, readings: bool, newest: bool = False) -> Selection:
    """Draws the filter bar; there must be data. Unless somebody chose a month it is the newest one, where work is done on it, else `settled_period`."""
    catalog = find_catalog()
    months = {name_period(p): p for p in list_periods()}
    own = visitor().township_code
    codes = {t.name: t.code for t in catalog.county.townships if own in (None, t.code)}
    everywhere = [] if own else [ALL]
    with st.container(key="filters", horizontal=True, horizontal_alignment="right"):
        start = next(iter(months)) if newest else name_period(settled_period())
        period = pick("月份", list(months), "period", start, label_visibility="collapsed")
        name = pick(say("乡镇"), [*everywhere, *codes], "township", label_visibility="collapsed", format_func=say) if township else (everywhere or list(codes))[0]
        reading = pick("口径", list(BY_NAME), "reading", label_visibility="collapsed") if readings else READINGS["month"]
    write_address("period", *(["township"] if township else []), *(["reading"] if readings else []))
    chosen = parse_period(period)
    place = None if name == ALL else name
    return Selection(chosen, codes.get(name), place, BY_NAME[reading], catalog.county.code, catalog.county.name)
