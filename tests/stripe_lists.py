"""Stripe's lists and objects, served exactly as given: for texts and states that the fake Stripe cannot have."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


class StripeLists:
    """The objects by list, newest first; an object may also be JSON text."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.lists: dict[str, list[Any]] = {}

    def answer(self, path: str, query: dict[str, list[str]]) -> str:
        """The JSON text of a list or an object."""
        _, name, *rest = path.strip("/").split("/")
        objects = self.lists.get(name, [])
        if rest:
            return _text(next(each for each in objects if each["id"] == rest[0]))
        if "customer" in query:
            objects = [each for each in objects if each["customer"] == query["customer"][0]]
        return f'{{"object": "list", "has_more": false, "data": [{", ".join(map(_text, objects))}]}}'


def _text(shown: Any) -> str:
    return shown if isinstance(shown, str) else json.dumps(shown)


@contextmanager
def stripe_lists() -> Iterator[StripeLists]:
    """A server on loopback until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Nothing: the tests read what was imported."""

        def do_GET(self) -> None:
            address = urlsplit(self.path)
            body = lists.answer(address.path, parse_qs(address.query)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    lists = StripeLists(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield lists
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
