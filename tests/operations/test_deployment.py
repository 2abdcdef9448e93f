"""The configuration that docs/部署.md tells people to copy is accepted by the programs that read it, and serves the board."""

from __future__ import annotations

import contextlib
import re
import shutil
import subprocess
import time

import httpx
import pytest

from dashboard.request import COOKIE
from pipelines.access.accounts import add_account, find_account
from pipelines.access.sessions import start_session
from pipelines.home import ROOT, Home
from tests.ports import free_port
from tests.serve import Board, Tab, serving

TEXT = (ROOT / "docs" / "部署.md").read_text("utf-8")


def block(kind: str) -> str:
    """The block of that kind; of systemd's the lines that are added for mail too."""
    found, *more = re.findall(rf"```{kind}\n(.*?)```", TEXT, re.S)
    return found.replace("[Install]", "\n".join([*more, "[Install]"]))


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="没有安装 systemd，跳过服务单元检查")
def test_systemd_accepts_the_unit(tmp_path):
    unit = tmp_path / "union-board.service"
    unit.write_text(block("ini").replace("/opt/union-board/.venv/bin/python", shutil.which("python3")).replace("User=union-board\nGroup=union-board\n", ""), "utf-8")
    done = subprocess.run(["systemd-analyze", "verify", "--recursive-errors=no", str(unit)], capture_output=True, text=True, timeout=60)
    assert [line for line in done.stderr.splitlines() if "union-board" in line] == []


@pytest.fixture
def certificate(tmp_path):
    key, crt = tmp_path / "board.key", tmp_path / "board.crt"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=board.county.local", "-keyout", str(key), "-out", str(crt)]
    subprocess.run(command, check=True, capture_output=True)
    return key, crt


@contextlib.contextmanager
def nginx_before(board: Board, folder, certificate):
    """The documented server, moved to a free port of this machine."""
    port, key, crt = free_port(), *certificate
    text = block("nginx").replace("listen 80;", f"listen 127.0.0.1:{free_port()};").replace("listen 443 ssl;", f"listen 127.0.0.1:{port} ssl;")
    text = text.replace("/etc/nginx/ssl/board.crt", str(crt)).replace("/etc/nginx/ssl/board.key", str(key)).replace("http://127.0.0.1:8501", board.address)
    names = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    paths = "".join(f"{name}_temp_path {folder}/{name};\n" for name in names)
    conf = folder / "nginx.conf"
    conf.write_text(f"pid {folder}/nginx.pid;\nerror_log {folder}/error.log;\nevents {{}}\nhttp {{\naccess_log off;\n{paths}{text}\n}}\n", "utf-8")
    checked = subprocess.run(["nginx", "-t", "-c", str(conf)], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stderr
    process = subprocess.Popen(["nginx", "-c", str(conf), "-g", "daemon off;"])
    try:
        for _ in range(100):
            with contextlib.suppress(httpx.TransportError):
                httpx.get(f"https://127.0.0.1:{port}/healthz", verify=False)
                break
            time.sleep(0.1)
        yield f"https://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


@pytest.mark.skipif(not (shutil.which("nginx") and shutil.which("openssl")), reason="没有安装 nginx，跳过代理配置检查")
def test_the_board_works_behind_the_documented_nginx(tmp_path, certificate):
    from tests.demo_homes import copy_demo

    home = Home(tmp_path / "home")
    copy_demo(home, months=1)
    add_account(home, "liu", "leader", password="first-pass-77", by="测试")
    with serving(home) as board, nginx_before(board, tmp_path, certificate) as address:
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


