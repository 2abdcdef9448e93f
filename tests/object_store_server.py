"""A server of S3 on the loopback that stops and starts again without losing an object: `.venv/s3/bin/python object_store_server.py PORT`, then a line `start` or `stop`, each answered by itself."""

from __future__ import annotations

import sys

from moto.moto_server.werkzeug_app import MotoRequestHandler
from moto.server import ThreadedMotoServer

MotoRequestHandler.protocol_version = "HTTP/1.0"  # a line that stays open would be answered after the end

if __name__ == "__main__":
    server = ThreadedMotoServer("127.0.0.1", int(sys.argv[1]), verbose=False)
    for line in sys.stdin:
        {"start": server.start, "stop": server.stop}[line.strip()]()
        print(line, end="", flush=True)
