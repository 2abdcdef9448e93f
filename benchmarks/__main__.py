"""`python -m benchmarks [NAME…] [--sizes county,province] [--markdown]`: side-by-side measurements; each prints what a user would use instead, and the ratio."""

from __future__ import annotations

import argparse
import importlib
import logging
import os
import tempfile
import traceback
from dataclasses import replace
from pathlib import Path

from benchmarks.run import Run, as_markdown, describe_machine

NAMES = {
    "check": "check of one workbook, and of a ledger of 50,000 rows",
    "intake": "load of the demo's workbooks",
    "visible": "an upload, from its bytes to the figure on the board",
    "queries": "the SQL of every view, and six questions by hand and in pandas",
    "whole": "the server's time for a whole view",
    "page": "reruns through the websocket, by number of sessions",
    "first_visit": "bytes and time to the first figure in Chromium",
    "export": "a large table as CSV and Parquet",
    "footprint": "memory and disk",
    "growth": "how all of these grow with the size; last, for it reads what the others found",
    "views": "every view's body, and a filter switched in Chromium (not part of a usual run)",
}
USUAL = [name for name in NAMES if name != "views"]
UNASKED = {"visible": ("country",), "queries": ("country",)}  # not run unless named: they copy 9 GB twice, and ask every statement of every view


def run_all(run: Run, names: list[str], go_on: bool = False) -> None:
    """Runs the benchmarks that are named, else the usual ones, in the order of NAMES; with `go_on` one that fails is a line of the table, and the others run."""
    for name in NAMES:
        if name in (names or USUAL):
            sizes = tuple(size for size in run.sizes if names or size not in UNASKED.get(name, ()))
            try:
                importlib.import_module(f"benchmarks.{name}").main(replace(run, sizes=sizes))
            except Exception as fault:
                if not go_on:
                    raise
                traceback.print_exc()
                run.tell(name, ",".join(run.sizes), f"did not come to its end: {type(fault).__name__}", met=False)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", epilog="; ".join(f"{k}: {v}" for k, v in NAMES.items()))
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}; all but views where none is given")
    parser.add_argument("--sizes", default="county,province", help="of county, ten, province, country")
    parser.add_argument("--keep", type=Path, help="a folder for the generated homes, which the next run finds again")
    parser.add_argument("--markdown", action="store_true", help="a Markdown table at the end")
    told = parser.parse_args()
    if unknown := set(told.names) - set(NAMES):
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    logging.disable(logging.WARNING)  # Streamlit says that views run without a browser
    print(describe_machine(), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        run = Run((told.keep or Path(folder)).resolve(), tuple(told.sizes.split(",")))
        os.environ["UNION_BOARD_HOME"] = str(run.folder / "nowhere")
        run_all(run, told.names, go_on=True)
        if told.markdown:
            print("\n" + as_markdown(run))


if __name__ == "__main__":
    main()
