"""Puts the kept home of version 1 into a test's folder, as the program of that time left it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import duckdb

from pipelines.home import Home
from pipelines.warehouse.file_releases import publish_file, release_path

FOLDER = Path(__file__).parent / "version_1"


def lay_out(home: Home) -> None:
    """Its files, its warehouse and its newest release."""
    shutil.copytree(FOLDER / "home", home.path, dirs_exist_ok=True)
    home.warehouse.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(home.warehouse)) as connection:
        connection.execute((FOLDER / "warehouse.sql").read_text("utf-8"))
    home.releases.mkdir(exist_ok=True)
    number = int(json.loads((FOLDER / "about.json").read_text("utf-8"))["release"]) - 1
    (home.releases / f"{number:06d}.duckdb").write_bytes(b"")
    publish_file(home, home.warehouse, "旧版本")
    shutil.copyfile(release_path(home, f"{number + 1:06d}"), home.warehouse)  # as the program of those days left it, without a note
    (home.releases / f"{number:06d}.duckdb").unlink()
