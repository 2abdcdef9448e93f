"""Options that several verbs share, and how their words are understood."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from pipelines.catalog.load import load_catalog
from pipelines.catalog.model import Catalog, Township
from pipelines.catalog.names import find_township
from pipelines.catalog.period import parse_period, parse_period_range
from pipelines.catalog.places import TOWNSHIP, Place
from pipelines.faults import Problem, UserError
from pipelines.home import find_home

MOST = 40  # townships that are named where one is asked for


def find_catalog() -> Catalog:
    """The catalogue with the home's overlay."""
    return load_catalog(overlay=find_home().overlay)


def add_json(parser: ArgumentParser) -> None:
    """`--json`."""
    parser.add_argument("--json", action="store_true", help="只输出一个 JSON 对象")


def read_place(catalog: Catalog, text: str | None) -> str | None:
    """The code of a place above the townships, from a code or a name; None where none is named on a one-county home. UserError for a stranger."""
    tree = catalog.places
    if text is None:
        return None
    found = [p for p in tree.above() if text in (p.code, p.name)]
    if len(found) != 1:
        raise UserError(f"没有“{text}”这个地方。" if not found else f"叫“{text}”的地方有 {len(found)} 个。", "请填 places.csv 里的代码，例如 " + "、".join(f"{p.code} {p.name}" for p in tree.above()[:5]) + "。")
    return found[0].code if tree.is_deep() else None


def _list_townships(townships: Sequence[Township | Place]) -> str:
    """`420324100 城关镇、420324101 蒋家堰镇……`, the first MOST of them."""
    return "、".join(f"{t.code} {t.name}" for t in townships[:MOST]) + ("……" if len(townships) > MOST else "")


def _no_township(catalog: Catalog, text: str, has_place: bool) -> UserError:
    """Why the word names no township; one that names a place above them is told with what takes it."""
    tree = catalog.places
    named = [p for p in tree.above() if text in (p.code, p.name)]
    if len(named) != 1:
        return UserError(f"没有乡镇“{text}”{'，或有几个同名的' if tree.is_deep() else ''}。", f"可以填：{_list_townships(catalog.county.townships)}。")
    place = named[0]
    townships = [p for p in tree.below(place.code) if p.level == TOWNSHIP]
    remedy = f"要整个{place.name}，请改用 --place {place.code}。" if has_place else f"请填它下面的一个乡镇：{_list_townships(townships)}。"
    return UserError(f"“{text}”不是乡镇，是乡镇以上的地方（{place.code} {place.name}）。", remedy)


def read_township(catalog: Catalog, text: str | None, county: bool = False, has_place: bool | None = None) -> str | None:
    """The township's code from a code or a name, with `county` also the home's own; UserError for a stranger. `has_place`: whether the verb
    takes `--place` too, as those with `county` do."""
    if text is None or (county and text in (catalog.county.code, catalog.county.name)):
        return catalog.county.code if text else None
    township = find_township(catalog, text)
    if township is None:
        raise _no_township(catalog, text, county if has_place is None else has_place)
    return township.code


def read_period(text: str | None) -> date | None:
    """The month; UserError when it is none."""
    period = parse_period(text) if text else None
    if text and period is None:
        raise UserError(f"月份“{text}”看不懂。", "请写成 2026-03 这样。")
    return period


def read_periods(text: str | None) -> tuple[date, date] | None:
    """First and last month of `A..B`."""
    periods = parse_period_range(text) if text else None
    if text and periods is None:
        raise UserError(f"月份范围“{text}”看不懂。", "请写成 2026-01..2026-03 或 2026-03 这样，前面的月份不能晚于后面的。")
    return periods


def advise(problem: Problem) -> str:
    """What is wrong and its remedy, with the option that does it on the command line."""
    return f"{problem.message}{problem.remedy}" + ("（在这里加上 --correct 原因。）" if problem.code in ("approved", "locked") else "")


def print_json(value: object) -> None:
    """One JSON object on standard output."""
    print(json.dumps(value, ensure_ascii=False))


def say(text: str) -> None:
    """A line for the person, beside the output that scripts read."""
    print(text, file=sys.stderr, flush=True)


def read_paths(texts: list[str], endings: tuple[str, ...]) -> list[Path]:
    """The spreadsheets that the words name, folders walked; UserError when a path does not exist or a folder holds none."""
    found: list[Path] = []
    for text in texts:
        path = Path(text)
        if not path.exists():
            raise UserError(f"没有这个文件或文件夹：{text}。", "请检查路径。")
        found += _walk(path, endings) if path.is_dir() else [path]
    return found


def _walk(folder: Path, endings: tuple[str, ...]) -> list[Path]:
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    wanted = [p for p in files if p.suffix.lower() in endings and not p.name.startswith(("~$", "."))]
    for path in files:
        if path not in set(wanted):
            say(f"跳过：{path}（{'临时文件' if path.name.startswith(('~$', '.')) else '不是电子表格'}）")
    if not wanted:
        raise UserError(f"文件夹 {folder} 里没有电子表格。", "请检查路径。")
    return wanted
