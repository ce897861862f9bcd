"""Who asks where a reverse proxy stands in front: told by the proxy, and believed of those that are named only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from keepwell.platform.config import Network

_SCHEMES = {"http", "https"}


def behind_proxies(app: ASGIApp, *, trusted: Sequence[Network]) -> ASGIApp:
    """`app`, for which a request of a `trusted` peer is from whom X-Forwarded-For, -Proto and -Host say.

    From anybody else these headers mean nothing, for everybody can write them. With no proxy it is `app` itself.
    """
    if not trusted:
        return app

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP and _is_trusted(_peer(scope), trusted):
            _believe(scope, trusted)
        await app(scope, receive, send)

    return wrapped


def _believe(scope: Scope, trusted: Sequence[Network]) -> None:
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
    """The nearest address that no trusted proxy has: what is before it, the client may have written itself."""
    furthest = None
    for text in reversed([*_values(scope, b"x-forwarded-for")]):
        address = _address(text)
        if address is None:
            break
        furthest = str(address)
        if not _is_trusted(address, trusted):
            break
    return furthest


def _last(scope: Scope, name: bytes) -> str:
    """What the trusted peer itself wrote: proxies add to the end."""
    return next(reversed([*_values(scope, name)]), "")


def _values(scope: Scope, name: bytes) -> Iterator[str]:
    for each, value in scope["headers"]:
        if each == name:
            yield from (part.strip() for part in value.decode("latin-1").split(",") if part.strip())


def _peer(scope: Scope) -> IPv4Address | IPv6Address | None:
    client = scope.get("client")
    return _address(client[0]) if client else None


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None


def _is_trusted(address: IPv4Address | IPv6Address | None, trusted: Sequence[Network]) -> bool:
    return address is not None and any(address in network for network in trusted)
