"""The offline bundle: made here, unpacked in an empty folder, set up and opened where no network can be reached."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile

import pytest

from pipelines.home import ROOT
from tests.ports import free_port

INSIDE = '''
import json, os, socket, struct, subprocess, sys, time, urllib.request
if sys.argv[1] == "cut":
    import fcntl
    with socket.socket() as any_socket:  # a new network has its loopback switched off
        fcntl.ioctl(any_socket, 0x8914, struct.pack("16sh14x", b"lo", 0x49))
port = sys.argv[2]
LOAD = """
from pathlib import Path
from pipelines.home import Home
from pipelines.warehouse.lake import open_memory
with open_memory(Home(Path("lake-home")), "lake-home/lake/") as connection:
    print("loaded:", *sorted(name for (name,) in connection.execute("select extension_name from duckdb_extensions() where loaded").fetchall()))
"""
board = subprocess.Popen([sys.executable, "run.py", "--port", port])
try:
    for _ in range(1500):  # installing and making the demo take minutes on a slow machine
        time.sleep(0.2)
        assert board.poll() is None, "run.py stopped"
        try:
            print(urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).read().decode())
            break
        except OSError:
            continue
finally:
    board.terminate()
    board.wait(20)
import run
run.install("requirements-lake.txt")
subprocess.run([run.PYTHON, "-c", LOAD], check=True)
'''


def _can_cut_the_network() -> bool:
    return bool(shutil.which("unshare")) and subprocess.run(["unshare", "-n", "true"], capture_output=True).returncode == 0


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bundle")
    done = subprocess.run([sys.executable, "run.py", "bundle", str(folder / "b.zip")], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(folder / "b.zip") as archive:
        archive.extractall(folder)
    return folder / "union-board"


def test_every_file_of_the_bundle_is_what_its_list_says(unpacked):
    lines = (unpacked / "SHA256SUMS").read_text("utf-8").splitlines()
    for line in lines:
        told, _, name = line.partition("  ")
        assert hashlib.sha256((unpacked / name).read_bytes()).hexdigest() == told, name
    names = {line.partition("  ")[2] for line in lines}
    assert {"run.py", "requirements.txt", "dashboard/app.py", "data/catalog/county.toml", "docs/部署.md"} <= names
    assert {"ducklake", "postgres_scanner", "httpfs"} <= {n.split("-")[0].rpartition("extension_")[2] for n in names if n.startswith("wheels/duckdb_extension_")}
    assert not [n for n in names if "__pycache__" in n or n.startswith(("data/private", "data/originals", "tests"))]


def test_the_bundle_opens_the_demo_and_loads_a_lake_without_a_network(unpacked):
    cut = _can_cut_the_network()
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9/", "PIP_EXTRA_INDEX_URL": "", "PIP_FIND_LINKS": "", "PIP_CONFIG_FILE": os.devnull}
    told = {k: v for k, v in os.environ.items() if k != "UNION_BOARD_HOME"} | nowhere
    command = [*(["unshare", "-n"] if cut else []), sys.executable, "-c", INSIDE, "cut" if cut else "open", str(free_port())]
    done = subprocess.run(command, cwd=unpacked, env=told, capture_output=True, text=True, timeout=600)
    assert '"status":"ok"' in done.stdout.replace(" ", ""), done.stdout + done.stderr
    assert (unpacked / "data" / "releases" / "CURRENT").exists()
    assert done.returncode == 0, done.stdout + done.stderr
    loaded = [word for line in done.stdout.splitlines() if line.startswith("loaded:") for word in line.split()]
    assert {"ducklake", "postgres_scanner"} <= set(loaded), done.stdout  # and a province's lake can be had from it


def test_a_bundle_is_never_overwritten(tmp_path):
    (tmp_path / "b.zip").write_bytes(b"x")
    done = subprocess.run([sys.executable, "run.py", "bundle", str(tmp_path / "b.zip")], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 2 and "不会覆盖" in done.stderr
    assert (tmp_path / "b.zip").read_bytes() == b"x"
