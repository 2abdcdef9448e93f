"""The SQL of every view as the board asks it, with its rights and masks, beside the same statements on the bare file; and six questions by hand and in pandas over the CSV export."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb
import pandas

from benchmarks.run import Run, in_turns, timed
from benchmarks.six import QUESTIONS
from benchmarks.whole import forget, open_view
from dashboard.cached import find_reader, find_whole
from dashboard.shell import PAGES
from pipelines.access.model import VISITOR
from pipelines.catalog.load import load_catalog
from pipelines.home import Home
from pipelines.reports.export import write_export
from pipelines.reports.table import Selection, read_table
from pipelines.warehouse.file_releases import release_path
from pipelines.warehouse.reader import Reader
from pipelines.warehouse.releases import read_current

LEFT_OUT = ("upload", "system")  # they ask nothing of the release, or of other files
Asked = dict[tuple[str, tuple], tuple[str, dict]]


class Recorder:
    """Notes what views ask of their reader while it is open."""

    def __init__(self) -> None:
        self.asked: Asked = {}

    def __enter__(self) -> Recorder:
        self._run = run = Reader._run

        def recording(reader: Reader, sql: str, parameters: dict | None = None, tables: dict | None = None) -> duckdb.DuckDBPyConnection:
            if not tables:
                self.asked[sql, tuple(sorted((parameters or {}).items()))] = sql, parameters or {}
            return run(reader, sql, parameters, tables)

        Reader._run = recording
        return self

    def __exit__(self, *error: object) -> None:
        Reader._run = self._run


def record_views(paths: list[str]) -> Asked:
    """The statements of the views, each once, of the whole and of the first township."""
    forget()
    with Recorder() as recorder:
        for path in paths:
            for township in ("", find_whole().county.townships[0].code):
                open_view(path, township)
    return recorder.asked


def _gives_the_same(reader: Reader, bare: duckdb.DuckDBPyConnection, sql: str, parameters: dict) -> bool:
    """Whether the bare file has as many rows for the statement: of a place above the counties the board reads those of its children, the file has everybody's."""
    return bare.cursor().execute(f"select count(*) from (\n{sql}\n)", parameters).fetchone()[0] == len(reader.frame(sql, parameters))


def _tell_views(run: Run, size: str, bare: duckdb.DuckDBPyConnection) -> None:
    recorded = record_views(run.views or [path for group in PAGES.values() for path, _, _ in group if path not in LEFT_OUT])
    reader = find_reader(VISITOR)
    asked = {key: q for key, q in recorded.items() if _gives_the_same(reader, bare, *q)}
    pairs = [in_turns([lambda q=q: reader.frame(*q), lambda q=q: bare.cursor().execute(*q).df()], run.times) for q in asked.values()]
    total = [sum(spent) for spent in zip(*pairs, strict=True)]
    ratio = total[0] / total[1]
    told = f"{total[0] * 1000:.0f} ms in all, slowest {max(pairs)[0] * 1000:.0f}"
    some = "" if len(asked) == len(recorded) else f"{len(asked)} of "
    run.tell(f"{some}the {len(recorded)} statements of the views" + (", those of as many rows" if some else ""), size, told, f"the same on the bare file: {total[1] * 1000:.0f} ms", f"{ratio:.2f} times as long", "<= 1.2 times", met=ratio <= 1.2)
    run.point("the views' statements", "ms", size, total[0] * 1000)


def _exports(run: Run, home: Home, size: str) -> dict[str, Path]:
    """CSV files that a user would hold, as `export` writes them."""
    reader, catalog = find_reader(VISITOR), load_catalog(overlay=home.overlay)
    found = {}
    for table in {q.table for q in QUESTIONS}:
        found[table] = run.folder / f"{size}-{table}.csv"
        write_export(read_table(reader, catalog, Selection(table)), found[table])
    return found


def _tell_six(run: Run, size: str, home: Home, bare: duckdb.DuckDBPyConnection) -> None:
    reader = find_reader(VISITOR)
    ((period,),) = reader.rows("select max(period) from submission_status")
    deep = load_catalog(overlay=home.overlay).places.is_deep()
    by_hand = {q.name: q.of_children if deep and q.of_children else q.by_hand for q in QUESTIONS}
    pairs = [
        in_turns([lambda q=q: reader.frame(q.sql(), q.parameters(period)), lambda q=q: bare.cursor().execute(by_hand[q.name], {"period": period}).df()], 5 * run.times)
        for q in QUESTIONS
    ]
    ours, hand = (sum(spent) for spent in zip(*pairs, strict=True))
    told = "six questions of the board", size, f"{ours * 1000:.0f} ms"
    run.tell(*told, f"SQL by hand on the bare file: {hand * 1000:.0f} ms", f"{ours / hand:.2f} times as long", "<= 1.2 times", met=ours <= 1.2 * hand)
    if size in run.pandas:
        files = _exports(run, home, size)
        usual = sum(timed(lambda q=q: q.in_pandas(pandas.read_csv(files[q.table], dtype={"township_code": str}, low_memory=False), f"{period:%Y-%m}")) for q in QUESTIONS)
        run.tell(*told, f"pandas over the CSV export: {usual * 1000:.0f} ms", f"{usual / ours:.1f} times as fast")
        for path in files.values():
            path.unlink()


def main(run: Run) -> None:
    """Milliseconds and ratios, of each size."""
    for size in run.sizes:
        home = run.home(size)
        os.environ["UNION_BOARD_HOME"] = str(home.path)
        with duckdb.connect(str(release_path(home, read_current(home))), read_only=True) as bare:
            _tell_six(run, size, home, bare)
            _tell_views(run, size, bare)
