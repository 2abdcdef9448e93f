"""Whether the folders of counties have the same columns: another version of the program may have written one of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.faults import UserError
from pipelines.rollup.inputs import list_inputs
from pipelines.warehouse.partitions import PERIOD

MOST = 5  # that are named in a message
Columns = frozenset[tuple[str, str]]  # name and type; in which order does not matter


def _read_columns(file: Path) -> Columns:
    """Only from the end of the file; the month of its folder's name too. UserError where it is no Parquet."""
    try:
        schema = pq.read_schema(file)
    except (OSError, pa.ArrowException):
        raise UserError(f"“{file}”打不开，可能没有传完整。", "请重新传一次这个县的文件夹，再汇总。") from None
    month = {PERIOD: str(pa.date32())} if file.parent.name.startswith(f"{PERIOD}=") else {}
    return frozenset(({field.name: str(field.type) for field in schema} | month).items())


def _tell(found: Columns, usual: Columns) -> str:
    ours, theirs = dict(found), dict(usual)
    told = [("缺", theirs.keys() - ours.keys()), ("多出", ours.keys() - theirs.keys())]
    parts = [f"{what} {'、'.join(sorted(names))}" for what, names in told if names]
    parts += [f"{name} 是 {ours[name]} 而不是 {theirs[name]}" for name in sorted(ours.keys() & theirs.keys()) if ours[name] != theirs[name]]
    return "，".join(parts)


def _differing(counties: Sequence[Path], table: str) -> list[str]:
    """A sentence for every county whose table is not like that of most."""
    found = list(dict.fromkeys((county, _read_columns(file)) for county in counties for file in sorted((county / table).rglob("*.parquet"))))
    usual = Counter(columns for _, columns in found).most_common(1)[0][0]
    like = next(county for county, columns in found if columns == usual)
    return [f"“{county}”的 {table} 和“{like}”的不同：{_tell(columns, usual)}" for county, columns in found if columns != usual]


def check_alike(counties: Sequence[Path]) -> None:
    """UserError where a table does not have the same columns in every file of every county."""
    told = [sentence for table in list_inputs() for sentence in _differing(counties, table)]
    if told:
        raise UserError(f"各县的程序版本不同，不能汇总。{'；'.join(told[:MOST])}{'；等等' if len(told) > MOST else ''}。", "请让各县使用同一版本的程序，重新导出后再汇总。")
