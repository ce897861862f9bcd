"""A receiver of webhooks: a real server on loopback that verifies each signature."""

from __future__ import annotations

import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

from standardwebhooks import Webhook


class Planned(NamedTuple):
    """How to answer one request."""

    status: int = 200
    headers: Mapping[str, str] = {}
    after: float = 0.0
    body: bytes = b""


class Received(NamedTuple):
    """One request."""

    message_id: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def document(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.body)
        return document

    def verified_by(self, secret: str) -> dict[str, Any]:
        """The body, if `secret` signed it; raises WebhookVerificationError otherwise."""
        document: dict[str, Any] = Webhook(secret).verify(self.body, dict(self.headers))
        return document


class Receiver:
    """Answers as planned, then 200; `received` contains every request in order.

    `arrived` is set by the first one, `all_arrived` once there are as many as planned answers.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.received: list[Received] = []
        self.planned: list[Planned] = []
        self.arrived = threading.Event()
        self.all_arrived = threading.Event()
        self._awaited = 0

    @property
    def ids(self) -> list[str]:
        return [each.message_id for each in self.received]

    def plan(self, *answers: Planned) -> None:
        self.planned += answers
        self._awaited = len(self.received) + len(answers)

    def take(self, headers: Mapping[str, str], body: bytes) -> Planned:
        self.received.append(Received(headers["webhook-id"], headers, body))
        self.arrived.set()
        if len(self.received) == self._awaited:
            self.all_arrived.set()
        return self.planned.pop(0) if self.planned else Planned()


@contextmanager
def receiver(tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    with _serving(lambda: opened, tls) as url:
        opened = Receiver(url)
        yield opened


@contextmanager
def _serving(taker: Callable[[], Receiver], tls: ssl.SSLContext | None) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            body = self.rfile.read(length)
            if len(body) < length:
                return  # the sender was killed in the middle of its request
            headers = {name.lower(): value for name, value in self.headers.items()}
            answer = taker().take(headers, body)
            time.sleep(answer.after)
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class's signature
            pass

        def handle(self) -> None:
            try:
                super().handle()
            except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
                return  # the sender timed out

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        scheme = "http" if tls is None else "https"
        yield f"{scheme}://127.0.0.1:{server.server_port}/hook"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
