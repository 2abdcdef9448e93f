"""Writes a small home as an earlier program made it, for the tests of the upgrade: `make_old_home.py CHECKOUT FOLDER`.

CHECKOUT is a working tree of the earlier program (`git worktree add /tmp/v1 eaf3e16` for version 1), FOLDER is `version_1`. The warehouse
becomes SQL text, without the tables that are made anew at every publishing; what else the home held is kept as files.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

CHECKOUT, FOLDER = (Path(p).resolve() for p in sys.argv[1:3])
sys.path.insert(0, str(CHECKOUT))
KEPT = ("originals", "receipts", "catalogues", "private", "catalog", "audit", "decisions")
TABLES = ("register", "relief", "activity", "indicator_value", "submission_status", "problem")


def fill(home) -> None:
    """Two townships, a correction, a refused file, a confirmed header and a month later on."""
    from pipelines.catalog.load import load_catalog
    from pipelines.catalog.model import LearnedAlias
    from pipelines.intake.learn import add_alias
    from pipelines.intake.load import load_bytes
    from tests.intake.build import GOOD, workbook

    def load(name: str, content: bytes, explanation: str = "") -> None:
        told = {"*": explanation} if explanation else {}
        print(name, load_bytes(home, load_catalog(overlay=home.overlay), name, content, explanations=told).status)

    load("一.xlsx", workbook())
    load("二.xlsx", workbook(cover=("蒋家堰镇", "2026-03")))
    load("坏.xlsx", b"PK nonsense")
    add_alias(home, LearnedAlias("relief", "amount", "花了多少元", "420324100"))
    dear = [[*GOOD["帮扶救助台账"][0][:7], "花了多少元"], [*GOOD["帮扶救助台账"][1][:7], 900000]]
    load("改.xlsx", workbook({"帮扶救助台账": dear}), "一次性大病救助，已附票据")
    months = {"活动与服务台账": [GOOD["活动与服务台账"][0], ["2026-04-12", "西关社区工会", "文体活动", "东塔杯", 75]]}
    load("四月.xlsx", workbook(months, cover=("城关镇", "2026-04")))


def literal(value: object) -> str:
    """A value as SQL."""
    return "null" if value is None else str(value) if isinstance(value, bool | int) else "'" + str(value).replace("'", "''") + "'"


def dump(file: Path) -> str:
    """The warehouse's own tables as SQL: those of schema.sql and one per form."""
    import duckdb

    with duckdb.connect(str(file), read_only=True) as connection:
        marts = {p.stem.split("_", 1)[1] for p in (CHECKOUT / "pipelines" / "warehouse" / "marts").glob("*.sql")}
        lines = []
        for table, sql in connection.execute("select table_name, sql from duckdb_tables() order by 1").fetchall():
            if table not in marts:
                lines.append(sql)
                lines += [f"insert into {table} values ({', '.join(map(literal, row))});" for row in connection.execute(f'select * from "{table}"').fetchall()]
        return "\n".join(lines) + "\n"


def main() -> None:
    """Fills a home under the earlier program and takes it apart."""
    from pipelines.catalog.load import load_catalog
    from pipelines.home import Home
    from pipelines.reports.export import write_export
    from pipelines.reports.table import Selection, read_table
    from pipelines.warehouse.reader import open_reader

    shutil.rmtree(FOLDER, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder) / "home")
        os.environ["UNION_BOARD_HOME"] = str(home.path)
        fill(home)
        for name in KEPT:
            if (home.path / name).exists():
                shutil.copytree(home.path / name, FOLDER / "home" / name, ignore=shutil.ignore_patterns("*.lock"))
        (FOLDER / "warehouse.sql").write_text(dump(home.warehouse), "utf-8")
        catalog = load_catalog(overlay=home.overlay)
        for table in TABLES:
            (FOLDER / "exports").mkdir(exist_ok=True)
            write_export(read_table(open_reader(home), catalog, Selection(table)), FOLDER / "exports" / f"{table}.csv")
        released = sorted(p.stem for p in home.releases.glob("*.duckdb"))
        (FOLDER / "about.json").write_text(json.dumps({"release": released[-1]}) + "\n", "utf-8")


if __name__ == "__main__":
    main()
