"""Client address, scheme and host from X-Forwarded-*, for trusted proxies only.

Not granian's `wrap_asgi_with_proxy_headers`: granian 2.8 ignores X-Forwarded-Host and takes the first
X-Forwarded-Proto, which a client may have sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from keepwell.app.middleware.addresses import client_address, is_trusted, parsed_address
from keepwell.platform.config import Network

_SCHEMES = {"http", "https"}
# Some proxies add the client's port, such as Azure's, or the brackets that a port needs beside an IPv6 address.
_PORT = re.compile(r"(?P<v4>[0-9.]+):[0-9]+|\[(?P<v6>[0-9a-fA-F:.]+)\](?::[0-9]+)?")


def behind_proxies(app: ASGIApp, *, trusted: Sequence[Network]) -> ASGIApp:
    """`app` with X-Forwarded-For, -Proto and -Host applied to requests whose peer is in `trusted`.

    From any other peer the headers are ignored, since anybody can send them. Returns `app` if `trusted` is empty.
    """
    if not trusted:
        return app

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP and is_trusted(client_address(scope), trusted):
            _apply_forwarded(scope, trusted)
        await app(scope, receive, send)

    return wrapped


def _apply_forwarded(scope: Scope, trusted: Sequence[Network]) -> None:
    client = _client(scope, trusted)
    if client is not None:
        scope["client"] = (client, 0)
    scheme = _last(scope, b"x-forwarded-proto").lower()
    if scheme in _SCHEMES:
        scope["scheme"] = scheme
    host = _last(scope, b"x-forwarded-host")
    if host:
        others = [pair for pair in scope["headers"] if pair[0] != b"host"]
        scope["headers"] = [*others, (b"host", host.encode("latin-1"))]


def _client(scope: Scope, trusted: Sequence[Network]) -> str | None:
    """The nearest address that is not a trusted proxy: the client may have sent everything before it."""
    client = None
    for text in reversed([*_values(scope, b"x-forwarded-for")]):
        address = parsed_address(_without_port(text))
        if address is None:
            break
        client = str(address)
        if not is_trusted(address, trusted):
            break
    return client


def _without_port(text: str) -> str:
    found = _PORT.fullmatch(text)
    return text if found is None else found["v4"] or found["v6"]


def _last(scope: Scope, name: bytes) -> str:
    """The last value, which the trusted peer added itself: proxies append."""
    return next(reversed([*_values(scope, name)]), "")


def _values(scope: Scope, name: bytes) -> Iterator[str]:
    for each, value in scope["headers"]:
        if each == name:
            yield from (part.strip() for part in value.decode("latin-1").split(",") if part.strip())
