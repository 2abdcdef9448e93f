"""The server's log: one JSON object a line on stderr, and in a folder where one is set; never a name, a file's content, a query string or a number of a person.

Of a fault the kind and the lines of code are told, not its message: a message may quote a cell.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import traceback
from datetime import datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path

LOGGER = "union_board"
MEGABYTES, FILES = 10, 10


class JsonLines(logging.Formatter):
    """A record as one line of JSON; what a caller passes as `extra={"told": {...}}` becomes its fields."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        at = datetime.fromtimestamp(record.created).astimezone().isoformat(timespec="milliseconds")
        told = {"time": at, "level": record.levelname.lower(), "logger": record.name} | getattr(record, "told", {})
        if record.name.startswith(LOGGER) and not record.exc_info:
            told["message"] = record.getMessage()
        elif not record.exc_info:
            told["message"] = str(record.msg)  # without its arguments
        if record.exc_info and record.exc_info[0]:
            told["fault"] = record.exc_info[0].__name__
            told["at"] = [f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in traceback.extract_tb(record.exc_info[2])][-12:]
        return json.dumps(told, ensure_ascii=False)


def set_up_logs() -> None:
    """Sends everything that is logged to stderr as JSON lines and, where UNION_BOARD_LOG_DIR names a folder, to a rotating file there."""
    handlers: list[logging.Handler] = [logging.StreamHandler(sys.stderr)]
    folder = os.environ.get("UNION_BOARD_LOG_DIR")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        handlers.append(RotatingFileHandler(Path(folder) / "board.jsonl", maxBytes=MEGABYTES * 1024 * 1024, backupCount=FILES, encoding="utf-8"))
    root = logging.getLogger()
    root.handlers = handlers
    for handler in handlers:
        handler.setFormatter(JsonLines())
    root.setLevel(logging.WARNING)
    logging.getLogger(LOGGER).setLevel(logging.INFO)
    for name in ("streamlit", "uvicorn", "uvicorn.access", "uvicorn.error"):
        logging.getLogger(name).handlers = []
        logging.getLogger(name).propagate = True
        logging.getLogger(name).setLevel(logging.WARNING)


def tell(event: str, level: int = logging.INFO, **fields: object) -> None:
    """One line of the board's own."""
    logging.getLogger(LOGGER).log(level, event, extra={"told": {k: v for k, v in fields.items() if v is not None}})
