"""The log tells what an operator needs and nothing that a person wrote."""

from __future__ import annotations

import json
import logging
import subprocess
import sys

import httpx
import pytest

from dashboard.logs import JsonLines
from dashboard.requestlog import name_route
from pipelines.home import ROOT
from tests.serve import Tab, serving


def test_every_request_and_page_is_a_line_of_json_without_what_people_typed(demo, tmp_path):
    with serving(demo, UNION_BOARD_LOG_DIR=str(tmp_path)) as board:
        answer = httpx.get(f"{board.address}/export/relief.csv?recipient_name=张三丰&category=秘密")
        assert len(answer.headers["x-request-id"]) == 12
        httpx.get(f"{board.address}/李四的页面")
        tab = Tab(board)
        tab.run("relief", "township=龙坝镇")
        tab.close()
    text = (tmp_path / "board.jsonl").read_text("utf-8")
    lines = [json.loads(line) for line in text.splitlines()]
    export = next(line for line in lines if line.get("route") == "/export/…")
    assert (export["request"], export["status"], export["role"]) == (answer.headers["x-request-id"], answer.status_code, "open")
    assert {"request", "page", "websocket_open", "websocket_closed"} <= {line["message"] for line in lines}
    assert not [word for word in ("张三", "秘密", "李四", "龙坝") if word in text]
    assert next(line for line in lines if line["message"] == "page")["page"] == "relief"


def test_a_fault_is_told_by_kind_and_place_without_its_words():
    try:
        int("张三的身份证")
    except ValueError:
        record = logging.LogRecord("union_board", logging.ERROR, "x.py", 1, "page", None, sys.exc_info())
    told = json.loads(JsonLines().format(record))
    assert told["fault"] == "ValueError"
    assert told["at"][-1].startswith("test_logs.py:")
    assert "张三" not in json.dumps(told, ensure_ascii=False)


@pytest.mark.parametrize("path,name", [("/relief", "/relief"), ("/export/relief.csv", "/export/…"), ("/files/original/000001", "/files/original/…"), ("/王五", "…"), ("/", "/")])
def test_a_route_is_named_without_its_particulars(path, name):
    assert name_route(path, frozenset({"relief"})) == name


def test_a_port_that_is_taken_is_told_in_a_sentence(demo):
    with serving(demo) as board:
        port = board.address.rsplit(":", 1)[1]
        done = subprocess.run([sys.executable, "-m", "dashboard", "--port", port], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2 and "已被占用" in done.stderr
