"""`python -m dashboard`: serves the board on one port of this machine."""

from __future__ import annotations

import argparse
import socket
import sys

from pipelines.faults import UserError


def main() -> int:
    """Serves until it is stopped; 2 when the address or a setting cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m dashboard", description="打开工会工作指标看板。")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8501)
    arguments = parser.parse_args()
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((arguments.host, arguments.port))
        except OSError:
            print(f"端口 {arguments.port} 已被占用，请换一个端口，例如 --port {arguments.port + 1}。", file=sys.stderr)
            return 2
    try:
        from dashboard.server import serve  # reads settings too
        from dashboard.settings import read_settings

        serve(read_settings(arguments.host), arguments.port)
    except UserError as fault:
        print(f"{fault.message}{fault.remedy}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
