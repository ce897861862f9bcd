"""A Segment-like intake in a thread, with real sockets, that fails as a test asks."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Receiver:
    """Stores each messageId once; first works through `faults`, one per request.

    A fault is a status, or a status with a Retry-After, or "cut": stored, but the connection is closed before the response.
    """

    def __init__(self) -> None:
        self.faults: list[int | tuple[int, str] | str] = []
        self.requests: list[Any] = []
        self.credentials: set[str] = set()
        self.stored: dict[str, dict[str, Any]] = {}
        self.port = 0
        self.location = ""  # where a redirect leads
        self.visited: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def names(self) -> list[str]:
        return [call["event"] for call in self.stored.values()]

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Listen on the same port each time, so that a reconnecting client finds it again."""
        server = ThreadingHTTPServer(("127.0.0.1", self.port), _handler(self))
        self.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            document = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            receiver.requests.append(document)
            receiver.credentials.add(self.headers["Authorization"])
            fault = receiver.faults.pop(0) if receiver.faults else 200
            status, retry_after = fault if isinstance(fault, tuple) else (fault, "")
            if status in {200, "cut"}:
                for call in document["batch"]:
                    receiver.stored.setdefault(call["messageId"], call)
            if status == "cut":
                self.connection.close()
                return
            self.send_response(int(status))
            if retry_after:
                self.send_header("Retry-After", retry_after)
            if receiver.location:
                self.send_header("Location", receiver.location)
            self.end_headers()

        def do_GET(self) -> None:
            receiver.visited.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class's name
            """Keep the test output clean."""

    return Handler
