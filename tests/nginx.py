"""nginx for tests: a configuration of the handbook on free ports of this machine, with a certificate of its own."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.ports import free_port

NEEDS_NGINX = pytest.mark.skipif(not (shutil.which("nginx") and shutil.which("openssl")), reason="没有安装 nginx，跳过代理配置检查")
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def _make_certificate(folder: Path) -> tuple[Path, Path]:
    key, crt = folder / "board.key", folder / "board.crt"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=board.county.local", "-keyout", str(key), "-out", str(crt)]
    subprocess.run(command, check=True, capture_output=True)
    return key, crt


@contextlib.contextmanager
def nginx(text: str, folder: Path) -> Iterator[str]:
    """Starts nginx with what the handbook puts into conf.d, and gives the https address of its server; its `access.log` tells each request's upstreams."""
    port, (key, crt) = free_port(), _make_certificate(folder)
    text = text.replace("listen 80;", f"listen 127.0.0.1:{free_port()};").replace("listen 443 ssl;", f"listen 127.0.0.1:{port} ssl;")
    text = text.replace("/etc/nginx/ssl/board.crt", str(crt)).replace("/etc/nginx/ssl/board.key", str(key))
    paths = "".join(f"{name}_temp_path {folder}/{name};\n" for name in TEMPORARY)
    log = f"log_format told '$request_uri $status $upstream_addr';\naccess_log {folder}/access.log told;\n"
    conf = folder / "nginx.conf"
    user = "user root;\n" if os.geteuid() == 0 else ""  # who may write into the test's folder
    conf.write_text(f"{user}pid {folder}/nginx.pid;\nerror_log {folder}/error.log;\nevents {{}}\nhttp {{\n{log}{paths}{text}\n}}\n", "utf-8")
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
