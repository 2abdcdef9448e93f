"""Changes of the targets: each is kept for ever in the home's catalogue with its reason, told to the audit record, and in force on the board at once.

A change is never taken away: going back to what was before is a change of its own.
"""

from __future__ import annotations

import json
import tomllib
from contextlib import suppress
from dataclasses import MISSING, fields, replace
from datetime import datetime
from pathlib import Path

from pipelines.audit.log import Event, append_events
from pipelines.catalog.aims import FILE, aim_key, replay_changes
from pipelines.catalog.check import check_catalog
from pipelines.catalog.load import load_catalog, read_catalog_text
from pipelines.catalog.local import FOLDER
from pipelines.catalog.model import Catalog, Target, TargetChange
from pipelines.catalog.narrow import narrow_catalog
from pipelines.durable import write_durably
from pipelines.faults import DiskFault, StoreGone, UserError
from pipelines.home import CODE_CATALOG, Home
from pipelines.warehouse.writer import open_writer

HEAD = "# Changes of the targets, oldest first, made on the page 目标管理; a later one takes the place of an earlier one.\n"
YEARS = range(2000, 2101)


def list_changes(catalog: Catalog) -> list[tuple[int, TargetChange, Target | None]]:
    """(number, change, the target that it took the place of), oldest first."""
    replayed = replay_changes(catalog.shipped_targets, catalog.target_changes)
    return [(number, change, before) for number, (change, before) in enumerate(replayed, 1)]


def find_target(catalog: Catalog, indicator: str, year: int, township_code: str = "") -> Target | None:
    """The target that is set for exactly this year and place."""
    return next((t for t in catalog.targets if aim_key(t) == (indicator, year, township_code)), None)


def say_value(catalog: Catalog, indicator: str, value: float | None) -> str:
    """`90%`, `6 场`, `未设`."""
    if value is None:
        return "未设"
    unit = catalog.indicator(indicator).unit
    return f"{round(value * 100, 4):g}%" if unit == "%" else f"{value:g} {unit}"


def name_place(catalog: Catalog, township_code: str) -> str:
    """`各乡镇和全县`, `全县合计`, or the township."""
    if not township_code:
        return "各乡镇和全县"
    township = catalog.township(township_code)
    return township.name if township else "全县合计"


def _block(change: TargetChange) -> str:
    told = ((f.name, getattr(change, f.name)) for f in fields(change) if f.default is MISSING or getattr(change, f.name) != f.default)
    return "[[target_change]]\n" + "".join(f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in told)


def _check_value(catalog: Catalog, change: TargetChange) -> None:
    codes = {i.code for i in catalog.indicators}
    if change.indicator not in codes or change.year not in YEARS:
        raise UserError("没有这个指标或年度，目标没有改。", "请重新选择。")
    if not change.reason.strip() or not (change.removed or change.source.strip()):
        raise UserError("目标没有改：依据和修改原因都要写。", "请写明依据哪份文件、为什么改。")
    if not change.removed:
        share = catalog.indicator(change.indicator).unit == "%"
        if not 0 <= float(change.value) <= (1 if share else 1e12):
            raise UserError("目标没有改：" + ("比率要在 0 到 100% 之间。" if share else "目标不能是负数。"), "请改正以后再保存。")


def _check_seen(catalog: Catalog, change: TargetChange, seen: float | None) -> Target | None:
    """What is in force now; UserError when it is not what the person saw, or there is nothing to change."""
    before = find_target(catalog, *aim_key(change))
    if (before.value if before else None) != seen:
        raise UserError("这个目标刚刚被别人改过，您的修改没有保存。", "请刷新页面，看过新的目标以后再改。")
    if change.removed and before is None:
        raise UserError("这里没有单独设目标，不用取消。")
    if before and not change.removed and (before.value, before.source, before.reading) == (change.value, change.source, change.reading):
        raise UserError("目标和原来一样，没有要保存的。", "请填新的目标。")
    return before


def _event(catalog: Catalog, change: TargetChange, before: Target | None) -> Event:
    was = say_value(catalog, change.indicator, before.value if before else None)
    now = "取消" if change.removed else say_value(catalog, change.indicator, change.value)
    place = name_place(catalog, change.township_code)
    detail = f"{change.year}年{place}“{catalog.indicator(change.indicator).name}”：{was} → {now}；依据：{change.source}；原因：{change.reason}"
    return Event("target", change.by, FILE, change.township_code or None, detail=detail)


def _load(home: Home, place: str | None) -> Catalog:
    """The catalogue now; of a place where one is named and the home has several."""
    catalog = load_catalog(overlay=home.overlay)
    return narrow_catalog(catalog, place) if place else catalog


def _file(catalog: Catalog) -> str:
    """Where the catalogue's own changes are kept, from the overlay."""
    return f"{FOLDER}{catalog.county.code}/{FILE}" if catalog.whole else FILE


def _check_own(catalog: Catalog, change: TargetChange) -> None:
    """UserError where a place would take away what is set above it."""
    local = catalog.local.get(catalog.county.code)
    if catalog.whole and change.removed and aim_key(change) not in {aim_key(t) for t in (local.targets if local else ())}:
        raise UserError("这是上级统一设的目标，不能在这里取消。", "可以另设本级的目标，它先于上级的。")


def _append(home: Home, catalog: Catalog, change: TargetChange) -> None:
    text = "\n".join([HEAD, *map(_block, (*catalog.target_changes, change))])
    faults = check_catalog(read_catalog_text(CODE_CATALOG, home.overlay) | {_file(catalog): text})
    if faults:
        raise UserError(f"目标没有改：{faults[0].message}。", "请核对以后再保存。")
    tomllib.loads(text)
    append_events(home, [_event(catalog, change, find_target(catalog, *aim_key(change)))])  # what cannot be recorded is not done
    write_durably(home.overlay / _file(catalog), text.encode())


def change_target(home: Home, change: TargetChange, seen: float | None, place: str | None = None) -> str:
    """Keeps a change and publishes it, giving the new release's id; `seen` is the value that the person saw in force (None: no target), `place`
    whose change it is in a home of many: it holds in that place only."""
    _check_value(_load(home, place), change)
    file, before = home.overlay / _file(_load(home, place)), None
    try:
        with open_writer(home, load_catalog(overlay=home.overlay), "修改目标") as writer:
            before = file.read_bytes() if file.exists() else b""
            catalog = _load(home, place)
            _check_own(catalog, change)
            _check_seen(catalog, change, seen)
            _append(home, catalog, replace(change, at=datetime.now().isoformat(timespec="seconds")))
            writer.adopt_targets(load_catalog(overlay=home.overlay))
    except (DiskFault, StoreGone):
        _put_back(file, before)
        raise
    return writer.release


def _put_back(file: Path, before: bytes | None) -> None:
    """The changes as they were (None: not touched yet): the next writer must not find one whose release could not be written. The undone release left room for it."""
    with suppress(OSError):
        if before:
            write_durably(file, before)
        elif before is not None:
            file.unlink(missing_ok=True)


def undo_change(home: Home, number: int, reason: str, by: str, place: str | None = None) -> str:
    """Puts back what a change took the place of, as a change of its own; UserError when the same target was changed again since."""
    listed = list_changes(_load(home, place))
    found = next(((c, b) for n, c, b in listed if n == number), None)
    if found is None:
        raise UserError(f"没有第 {number} 次修改。", "请刷新页面再选。")
    change, before = found
    if any(n > number and aim_key(c) == aim_key(change) for n, c, _ in listed):
        raise UserError("这个目标后来又改过，不能撤销较早的这一次。", "请先撤销最近的一次，或直接填要用的目标。")
    about = {"indicator": change.indicator, "year": change.year, "township_code": change.township_code, "by": by}
    told = f"撤销第 {number} 次修改：{reason.strip()}" if reason.strip() else ""
    if before is None:
        back = TargetChange(**about, reason=told, source="撤销", value=0, removed=True)
    else:
        back = TargetChange(**about, reason=told, source=before.source, value=before.value, reading=before.reading)
    return change_target(home, back, None if change.removed else float(change.value), place)
