"""The rules of the structure, checked by tools: import order, style, one grain per query, documented verbs, small files."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest

from dashboard.shell import HIDDEN, PAGES
from pipelines.commandline.main import build_parser
from pipelines.home import ROOT

CODE = [p for room in ("pipelines", "dashboard", "benchmarks") for p in sorted((ROOT / room).rglob("*.py"))]
BIN = Path(sys.executable).parent


@pytest.mark.parametrize("command", [["lint-imports", "--no-cache"], ["ruff", "check", "--no-cache", "."]], ids=lambda c: c[0])
def test_the_tools_find_nothing(command):
    done = subprocess.run([str(BIN / command[0]), *command[1:]], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_readme_lists_the_rooms_in_the_order_that_is_checked():
    layers = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"][0]["layers"]
    place = {room.strip(): n for n, layer in enumerate(reversed(layers)) for room in layer.split("|")}
    listed = re.findall(r"^pipelines/(\w+) ", (ROOT / "README.md").read_text("utf-8"), re.M)
    assert listed == sorted(listed, key=place.__getitem__) and {*listed, "__main__"} == set(place)


@pytest.mark.parametrize("path", sorted((ROOT / "dashboard" / "sql").glob("*.sql")), ids=lambda p: p.stem)
def test_every_query_names_its_grain_and_has_a_reader(path):
    assert path.read_text("utf-8").startswith("-- One row per ")
    named = (f'_sql_of("{path.stem}"', f'query("{path.stem}"', f'query_month(selection, "{path.stem}"', f'"{path.stem}", (')
    assert any(name in text for text in (p.read_text("utf-8") for p in CODE) for name in named)


def _list_verbs(parser, before=()):
    """Every verb, and every verb of a verb, with its parser."""
    for verb, own in next((a.choices for a in parser._actions if isinstance(a.choices, dict)), {}).items():
        yield " ".join((*before, verb)), own
        yield from _list_verbs(own, (*before, verb))


VERBS = dict(_list_verbs(build_parser()))


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_a_row_that_names_its_options(verb):
    rows = [re.split(r"(?<!\\)\|", line) for line in (ROOT / "docs" / "commands.md").read_text("utf-8").splitlines() if line.startswith("| `")]
    own = [row for row in rows if re.search(rf"`{verb}[ `]", row[1])]
    assert own, "no row of the table begins with it"
    options = {o for a in VERBS[verb]._actions for o in a.option_strings} - {"-h", "--help", "--json"}  # which every verb has
    assert sorted(o for o in options if not any(re.search(rf"(?<![\w-]){o}(?![\w-])", cell) for row in own for cell in row)) == []


SETTINGS = sorted({name for p in [*CODE, ROOT / "run.py"] for name in re.findall(r"\b(?:UNION_BOARD|AWS)_[A-Z0-9_]+", p.read_text("utf-8"))})


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_is_documented(name):
    assert any(re.search(rf"\b{name}\b", (ROOT / "docs" / page).read_text("utf-8")) for page in ("commands.md", "部署.md"))


def test_git_leaves_alone_what_the_product_writes():
    """Names that are written out where they are made: what lies in the home, which is `data/` unless told otherwise."""
    written = {name for p in CODE for name in re.findall(r"\b(?:home|self)\.path / \"([\w.]+)\"", p.read_text("utf-8"))} - {"catalog", "wording"}  # whose overlays have names of their own there
    ignored = (ROOT / ".gitignore").read_text("utf-8").splitlines()
    assert sorted(name for name in written if not any(fnmatch(f"data/{name}", line.rstrip("/")) for line in ignored)) == []


def test_no_file_swallowed_its_neighbours():
    assert [f"{p.relative_to(ROOT)}" for p in CODE if len(p.read_text("utf-8").splitlines()) > 300] == []


def test_streamlit_stays_in_the_rooms_that_draw():
    allowed = ("app", "access", "asof", "place", "shell", "selection", "server", "views/", "components/")
    users = [p.relative_to(ROOT / "dashboard").as_posix() for p in (ROOT / "dashboard").rglob("*.py") if re.search(r"^import streamlit", p.read_text("utf-8"), re.M)]
    assert [u for u in users if not u.startswith(allowed)] == []


def test_the_handbook_shows_every_view_and_every_picture_is_shown():
    handbook, readme = ((ROOT / name).read_text("utf-8") for name in ("docs/使用手册.md", "README.md"))
    shown = set(re.findall(r"\(pictures/(\w+\.png)\)", handbook)) | set(re.findall(r"\(docs/pictures/(\w+\.png)\)", readme))
    assert {p.name for p in (ROOT / "docs" / "pictures").iterdir()} == shown
    views = [(path, title) for group in [*PAGES.values(), HIDDEN] for path, title, _ in group]
    assert [path for path, title in views if f"{path}.png" not in shown or title not in handbook] == []
