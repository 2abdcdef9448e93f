#!/usr/bin/env python3
"""Sets everything up and opens the board (`python3 run.py`), or sets everything up and runs the tests (`python3 run.py test`).

Needs nothing but Python 3.11 to 3.13: it makes `.venv/` beside itself and installs the hash-locked requirements there.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
INTERPRETER = "Scripts/python.exe" if os.name == "nt" else "bin/python"  # of a virtual environment
PYTHON = VENV / INTERPRETER
OBJECT_STORE = VENV / "s3"  # a server that only tests start and that needs older versions than the product
SUPPORTED = ((3, 11), (3, 12), (3, 13))
WHEELS = ROOT / "wheels"  # there in an offline bundle
SOURCE = ("dashboard", "pipelines", "data/catalog", "data/wording", "data/samples", "docs", ".streamlit", "run.py", "requirements.in", "requirements.txt", "requirements-lake.in", "requirements-lake.txt", "requirements-spark.in", "requirements-spark.txt", "pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE")
LOOPBACK = ("127.0.0.1", "localhost", "::1")
DEBIAN = {"chromium-headless-shell": "chromium-headless-shell", "java": "default-jre-headless", "nginx": "nginx-light", "soffice": "libreoffice-calc-nogui", "ls /usr/lib/libreoffice/program/libswlo.so": "libreoffice-writer-nogui", "fc-list :lang=zh": "fonts-noto-cjk", "find /usr/lib/postgresql -name initdb": "postgresql"}


def stop(message: str) -> None:
    """Ends with a sentence for the person at the keyboard."""
    print(message, file=sys.stderr)
    raise SystemExit(2)


def find_python() -> str:
    """A supported Python: this one, else one found on the PATH."""
    if sys.version_info[:2] in SUPPORTED:
        return sys.executable
    for major, minor in reversed(SUPPORTED):
        found = shutil.which(f"python{major}.{minor}")
        if found:
            return found
    stop("需要 Python 3.11、3.12 或 3.13，请先安装其中一个，再运行 python3 run.py。")
    raise AssertionError


def install(requirements: str, venv: Path = VENV) -> None:
    """Makes the virtual environment and installs the locked requirements, once per change of the lock."""
    lock, python = ROOT / requirements, venv / INTERPRETER
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    stamp = venv / f".{requirements}.sha256"
    if python.exists() and stamp.exists() and stamp.read_text() == wanted:
        return
    if not python.exists():
        print(f"正在建立运行环境 {venv.relative_to(ROOT)} ……", flush=True)
        subprocess.run([find_python(), "-m", "venv", str(venv)], check=True)
    print(f"正在安装 {requirements} 里的依赖，第一次需要一两分钟……", flush=True)
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r", str(lock)]
    offline = ["--no-index", "--find-links", str(WHEELS)] if WHEELS.is_dir() else []
    if subprocess.run([*command, *offline]).returncode:
        said = "离线安装包里的依赖与这台机器的系统或 Python 版本不符，请在同样的机器上重做安装包" if offline else "没有网络时请先在有网络的同样的机器上运行 python3 run.py bundle 准备离线安装包"
        stop(f"依赖没有装好。请检查网络或软件源后再运行一次；{said}。")
    stamp.write_text(wanted)


def find_home() -> Path:
    """Where the board keeps its data."""
    return Path(os.environ.get("UNION_BOARD_HOME") or ROOT / "data").resolve()


def serve(arguments: argparse.Namespace) -> int:
    """Sets up, makes the demo when the home is empty, and serves until Ctrl+C."""
    install("requirements-lake.txt" if os.environ.get("UNION_BOARD_WAREHOUSE") else "requirements.txt")
    if arguments.host not in LOOPBACK and not any((find_home() / "private" / name).exists() for name in ("accounts.sqlite3", "server.json")):
        stop(f"还没有账号，不能对外提供服务。请先运行 {PYTHON} -m pipelines users add 账号 --role admin 新增账号，再打开看板。")
    if not arguments.no_demo and not os.environ.get("UNION_BOARD_WAREHOUSE") and not (find_home() / "releases" / "CURRENT").exists():
        print("还没有数据，正在生成演示数据……", flush=True)
        if subprocess.run([str(PYTHON), "-m", "pipelines", "demo"], cwd=ROOT).returncode:
            return 1
    command = [str(PYTHON), "-m", "dashboard", "--host", arguments.host, "--port", str(arguments.port)]
    if os.name != "nt":  # the server takes this process's place, so that whoever stops it stops the server
        os.chdir(ROOT)
        os.execv(command[0], command)
    try:
        return subprocess.run(command, cwd=ROOT).returncode
    except KeyboardInterrupt:
        return 0


def _is_there(probe: str) -> bool:
    program, *rest = probe.split()
    if not shutil.which(program):
        return False
    return not rest or bool(subprocess.run([program, *rest], capture_output=True).stdout.strip())


def install_programs() -> None:
    """The programs that only tests need: installed where that is allowed, else named."""
    missing = [package for probe, package in DEBIAN.items() if not _is_there(probe)]
    if not missing:
        return
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        quiet = {"stdout": subprocess.DEVNULL, "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
        subprocess.run(["apt-get", "update", "-qq"], **quiet)
        if subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing], **quiet).returncode == 0:
            return
    print(f"缺少 {'、'.join(missing)}：请安装后再测；这一次会跳过用到它们的测试（浏览器有别的 Chromium 就用那个）。", flush=True)


def test(arguments: list[str]) -> int:
    """Sets up with the test tools and runs all tests, file by file, twice as many at a time as there are cores, for many wait for a browser or a disk, up to four; arguments go to pytest instead."""
    with ThreadPoolExecutor(2) as aside:  # a gigabyte, unpacked on one core while the other takes what only some tests need
        store, programs = aside.submit(install, "requirements-s3.txt", OBJECT_STORE), aside.submit(install_programs)
        install("requirements-test.txt")
        install("requirements-spark.txt")
        programs.result()
        with suppress(SystemExit):  # it has said why; the tests that need it are skipped
            store.result()
    told = arguments or ["-n", str(min(4, 2 * (os.cpu_count() or 1))), "--dist", "loadfile", "--no-loadscope-reorder"]
    compiled = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}  # a test starts hundreds of processes, each of which would compile the program anew
    return subprocess.run([str(PYTHON), "-m", "pytest", *told], cwd=ROOT, env=compiled).returncode


def _source_files() -> list[Path]:
    found = [p for name in SOURCE for p in ([ROOT / name] if (ROOT / name).is_file() else sorted((ROOT / name).rglob("*")))]
    return [p for p in found if p.is_file() and "__pycache__" not in p.parts]


def bundle(out: Path) -> int:
    """Writes one .zip with the program and every dependency for this kind of machine and Python, each file with its sha256."""
    if out.exists():
        stop(f"已经有 {out} 了，不会覆盖。请换一个文件名。")
    install("requirements.txt")
    partial = out.with_name(f".{out.name}.part")
    with tempfile.TemporaryDirectory() as folder:
        print("正在下载依赖……", flush=True)
        command = [str(PYTHON), "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--require-hashes", "--only-binary", ":all:"]
        if subprocess.run([*command, "-r", str(ROOT / "requirements-lake.txt"), "-d", folder]).returncode:
            stop("依赖没有下载齐。请检查网络后再运行一次。")
        files = {p.relative_to(ROOT).as_posix(): p for p in _source_files()} | {f"wheels/{p.name}": p for p in sorted(Path(folder).iterdir())}
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, path in files.items():
                archive.write(path, f"union-board/{name}", zipfile.ZIP_STORED if name.endswith(".whl") else None)
            sums = "".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {name}\n" for name, path in files.items())
            archive.writestr("union-board/SHA256SUMS", sums)
    os.replace(partial, out)
    print(f"离线安装包已写好：{out}（{out.stat().st_size / 1e6:.0f} MB）。拷到同样系统、同样 Python 版本的机器上，解压后运行 python3 run.py。")
    return 0


def main() -> int:
    """The two commands, and the offline bundle."""
    if sys.argv[1:2] == ["test"]:
        return test(sys.argv[2:])
    if sys.argv[1:2] == ["bundle"]:
        if len(sys.argv) != 3:
            stop("请写明安装包的文件名，例如 python3 run.py bundle 工会看板离线安装包.zip")
        return bundle(Path(sys.argv[2]))
    parser = argparse.ArgumentParser(description="准备好一切并打开看板；python3 run.py test 运行全部测试；python3 run.py bundle 文件.zip 做离线安装包。")
    parser.add_argument("--port", type=int, default=8501, help="端口，默认 8501")
    parser.add_argument("--host", default="127.0.0.1", help="地址，默认只在本机")
    parser.add_argument("--no-demo", action="store_true", help="没有数据时不生成演示数据")
    return serve(parser.parse_args())


if __name__ == "__main__":
    raise SystemExit(main())
