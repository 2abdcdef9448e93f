"""The folders of counties that lie side by side, and what is small in them brought together: meaning, places and targets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipelines.catalog.places import Tree
from pipelines.faults import UserError
from pipelines.rollup.alike import MOST, check_alike
from pipelines.rollup.inputs import list_inputs
from pipelines.rollup.target import bring_together
from pipelines.warehouse.partitions import EMPTY

MEANING = {"indicator": "指标", "measure": "计量"}  # what has to mean the same everywhere
EXPORT = "请在各县运行 python -m pipelines export inputs --partitioned --out 文件夹，再汇总。"


def _is_county(folder: Path) -> bool:
    return (folder / "measure_value").is_dir()


def find_counties(folders: Sequence[Path]) -> list[Path]:
    """The counties' folders, given themselves or in a folder that holds them side by side. UserError where there is none, one is not whole, or they are not alike."""
    found: list[Path] = []
    for folder in folders:
        inside = [folder] if _is_county(folder) else sorted(p for p in folder.glob("*") if _is_county(p) and not p.name.startswith("."))
        if not inside:
            raise UserError(f"“{folder}”里没有县导出的汇总数据。", EXPORT)
        found += inside
    for folder in found:
        missing = [table for table in list_inputs() if not any((folder / table).rglob("*.parquet"))]
        if missing:
            raise UserError(f"“{folder}”不完整，缺 {'、'.join(missing)}。", EXPORT)
    check_alike(found)
    return found


def is_small(folder: Path) -> bool:
    """Whether a county's table has no months, so that it fits in memory for any number of counties."""
    return (folder / EMPTY).exists() and "period" not in pq.read_schema(folder / EMPTY).names


def _read(counties: Sequence[Path], table: str) -> list[pa.Table]:
    """Every county's rows, with the columns in the order of the first."""
    first, *others = (pq.read_table(county / table / EMPTY) for county in counties)
    return [first, *(other.select(first.column_names) for other in others)]


def _repeated(table: pa.Table, key: str) -> list[str]:
    counted = pc.value_counts(table.column(key)).to_pylist()
    return [found["values"] for found in counted if found["counts"] > 1]


def _name(codes: Iterable[str]) -> str:
    first, *rest = sorted(codes)
    return "、".join([first, *rest[: MOST - 1]]) + ("等" if len(rest) >= MOST else "")


def _check_once(tables: dict[str, pa.Table]) -> None:
    for table, key, what in (("county", "county_code", "县"), ("township", "township_code", "乡镇")):
        if twice := _repeated(tables[table], key):
            raise UserError(f"{what} {_name(twice)} 出现了不止一次，会重复计算。", "请只放每个县最新的一份。")
    for table, what in MEANING.items():
        if twice := _repeated(tables[table], table):
            raise UserError(f"各县对{what} {_name(twice)} 的定义不同，不能汇总。", "请让各县使用同一版本的程序和指标目录，重新导出后再汇总。")


def _above(tables: dict[str, pa.Table], tree: Tree) -> list[tuple[str, str]]:
    """(place, township) for the places above the counties' roots. UserError for a county that the tree does not know."""
    roots = dict(zip(*(tables["county"].column(name).to_pylist() for name in ("county_code", "county")), strict=True))
    if strange := [f"{name}（{code}）" for code, name in roots.items() if code not in tree.places]:
        raise UserError(f"地方目录里没有 {_name(strange)}。", "请在 places.csv 里补上，或不要汇总这些县。")
    inside: dict[str, list[str]] = {}
    for place, township in zip(*(tables["place_township"].column(name).to_pylist() for name in ("place_code", "township_code")), strict=True):
        inside.setdefault(place, []).append(township)
    return [(place.code, township) for code in roots for place in tree.path(code)[:-1] for township in inside.get(code, ())]


def _add_above(tables: dict[str, pa.Table], tree: Tree) -> None:
    pairs = _above(tables, tree)
    known = set(tables["place"].column("place_code").to_pylist())
    codes = [code for code in dict.fromkeys(code for code, _ in pairs) if code not in known]
    rows = [{"place_code": c, "place": tree.places[c].name, "level": tree.places[c].level, "parent_code": tree.places[c].parent, "sort_order": n} for n, c in enumerate(codes)]
    tables["place"] = pa.concat_tables([tables["place"], pa.Table.from_pylist(rows, schema=tables["place"].schema)])
    added = [{"place_code": place, "township_code": township} for place, township in pairs]
    tables["place_township"] = pa.concat_tables([tables["place_township"], pa.Table.from_pylist(added, schema=tables["place_township"].schema)])


def gather_small(counties: Sequence[Path], tree: Tree | None) -> dict[str, pa.Table]:
    """Table -> rows of all counties, with the places of the tree above them. UserError for a county or township that comes twice, and for another meaning."""
    small = [table for table in list_inputs() if is_small(counties[0] / table)]
    parts = {table: _read(counties, table) for table in small}
    tables = {table: pa.concat_tables(rows) for table, rows in parts.items() if table != "target"}
    for table in MEANING:
        tables[table] = tables[table].group_by(tables[table].column_names).aggregate([])
    _check_once(tables)
    tables["target"] = bring_together(parts["target"], [_codes(p, t) for p, t in zip(parts["place"], parts["township"], strict=True)])
    if tree is not None:
        _add_above(tables, tree)
    return tables


def _codes(places: pa.Table, townships: pa.Table) -> list[str]:
    return [*places.column("place_code").to_pylist(), *townships.column("township_code").to_pylist()]
