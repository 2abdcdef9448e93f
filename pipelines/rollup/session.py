"""A Spark session on this machine, or on the cluster that Spark's own settings name."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.faults import UserError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

NEEDED = ("pyspark", "sqlglot")
OLDEST = 17  # of Java, that Spark 4 runs on
JAVA = f"请安装 Java {OLDEST} 或更新的版本（Debian：apt-get install default-jre-headless）后再运行。"
SETTINGS = {  # what the figures depend on; heap, cluster and the like are Spark's own settings (`spark-defaults.conf` in SPARK_CONF_DIR)
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
}


def _find_java() -> str | None:
    home = os.environ.get("JAVA_HOME")
    return shutil.which(str(Path(home) / "bin" / "java")) if home else shutil.which("java")


def check_installed() -> None:
    """UserError with the remedy where Spark cannot run here."""
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise UserError(f"这个运行环境里没有 {'、'.join(missing)}，不能汇总。", f"请先运行 {sys.executable} -m pip install --require-hashes -r requirements-spark.txt。")
    java = _find_java()
    if java is None:
        raise UserError("这台机器上没有 Java，不能汇总。", JAVA)
    told = subprocess.run([java, "-version"], capture_output=True, text=True).stderr
    version = re.search(r'version "(\d+)', told)
    if version is None or int(version[1]) < OLDEST:
        raise UserError(f"这台机器上的 Java 太旧（{told.splitlines()[0] if told else '不能运行'}），不能汇总。", JAVA)


@contextmanager
def open_session() -> Iterator[SparkSession]:
    """The session, which ends with the block. UserError where Spark cannot run here."""
    check_installed()
    from pyspark.sql import SparkSession  # loaded only where it is used: it is not part of the program's own environment

    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    builder = SparkSession.builder.appName("union-board")
    for name, value in SETTINGS.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    try:
        yield session
    finally:
        session.stop()
