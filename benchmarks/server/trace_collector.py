"""A collector that throws away what it gets: `python -m benchmarks.server.trace_collector PORT`."""

from __future__ import annotations

import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

from benchmarks.processes import HOST


class _Discarding(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Quietly."""


if __name__ == "__main__":
    HTTPServer((HOST, int(sys.argv[1])), _Discarding).serve_forever()
