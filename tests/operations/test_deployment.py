"""The configuration that docs/部署.md tells people to copy is accepted by the programs that read it, and serves the board."""

from __future__ import annotations

import contextlib
import re
import shutil
import subprocess

import httpx
import pytest

from dashboard.request import COOKIE
from pipelines.access.accounts import add_account, find_account
from pipelines.access.sessions import start_session
from pipelines.home import ROOT, Home
from tests.nginx import NEEDS_NGINX, nginx
from tests.serve import Board, Tab, serving

TEXT = (ROOT / "docs" / "部署.md").read_text("utf-8")


def block(kind: str, province: bool = False) -> str:
    """The block of that kind, for a county or for a province; of systemd's the lines that are added for mail too."""
    found, *more = re.findall(rf"```{kind}\n(.*?)```", TEXT.split("\n## 九、")[province], re.S)
    return found.replace("[Install]", "\n".join([*more, "[Install]"]))


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="没有安装 systemd，跳过服务单元检查")
@pytest.mark.parametrize("name,province", [("union-board.service", False), ("board@8501.service", True)])
def test_systemd_accepts_the_unit(tmp_path, name, province):
    unit = tmp_path / name
    unit.write_text(block("ini", province).replace("/opt/union-board/.venv/bin/python", shutil.which("python3")).replace("User=union-board\nGroup=union-board\n", ""), "utf-8")
    done = subprocess.run(["systemd-analyze", "verify", "--recursive-errors=no", str(unit)], capture_output=True, text=True, timeout=60)
    assert [line for line in done.stderr.splitlines() if name in line] == []


@contextlib.contextmanager
def nginx_before(board: Board, folder):
    """The documented server before one process."""
    with nginx(block("nginx").replace("http://127.0.0.1:8501", board.address), folder) as address:
        yield address


@NEEDS_NGINX
def test_the_board_works_behind_the_documented_nginx(tmp_path):
    from tests.demo_homes import copy_demo

    home = Home(tmp_path / "home")
    copy_demo(home, months=1)
    add_account(home, "liu", "leader", password="first-pass-77", by="测试")
    with serving(home) as board, nginx_before(board, tmp_path) as address:
        client = httpx.Client(base_url=address, verify=False, headers={"Origin": address, "Accept": "text/html"})
        assert client.get("/relief").headers["location"] == "/login?next=%2Frelief"
        answer = client.post("/login", data={"account": "liu", "password": "first-pass-77"})
        assert answer.status_code == 303 and "; Secure" in answer.headers["set-cookie"]
        with contextlib.closing(sqlite(home)) as store:
            store.execute("update account set must_change = 0")
            store.commit()
        token = start_session(home, find_account(home, "liu").person, "password", "test")
        told = httpx.get(f"{address}/export/relief.csv", headers={"Cookie": f"{COOKIE}={token}", "X-Remote-User": "boss"}, verify=False)
        assert told.status_code == 200
        tab = Tab(Board(home, address, board.process), f"{COOKIE}={token}", insecure=True)
        assert "finding" in tab.run("relief")
        tab.close()


def sqlite(home: Home):
    """The store of accounts, opened by hand."""
    import sqlite3

    from pipelines.access.on_disk import store_path

    return sqlite3.connect(store_path(home))


def test_every_setting_that_the_handbook_names_is_read_by_the_program():
    code = "".join(p.read_text("utf-8") for room in ("dashboard", "pipelines") for p in (ROOT / room).rglob("*.py")) + (ROOT / "run.py").read_text("utf-8")
    assert [name for name in set(re.findall(r"UNION_BOARD_[A-Z_]+", TEXT)) if f'"{name}"' not in code] == []


def test_every_verb_that_the_handbook_names_exists():
    from pipelines.commandline.main import build_parser

    verbs = next(a for a in build_parser()._actions if a.dest == "verb").choices
    assert [v for v in set(re.findall(r"看板 ([a-z-]+)", TEXT)) if v not in verbs] == []


