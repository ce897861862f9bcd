"""X-Forwarded-* headers of trusted and other peers, on a small application."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient, Response
from litestar import Litestar, Request, get

from keepwell.app.middleware.addresses import limit_key
from keepwell.app.middleware.proxies import behind_proxies

pytestmark = pytest.mark.anyio

PROXY = "10.0.0.7"
NETWORKS = tuple(map(ip_network, ["10.0.0.0/24", "fd00::/8"]))
FORWARDED = {
    "X-Forwarded-For": "203.0.113.9",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "keepwell.example.org",
}
AS_SENT = "http://here"


@get("/seen")
async def seen(request: Request[Any, Any, Any]) -> dict[str, str]:
    """The client and the base URL as the application sees them."""
    return {
        "client": request.client.host if request.client else "",
        "address": str(request.base_url).rstrip("/"),
    }


async def asked(headers: dict[str, str], *, peer: str, trusted: Any = NETWORKS) -> Response:
    app = behind_proxies(Litestar([seen]), trusted=trusted)
    transport = ASGITransport(app, client=(peer, 4711))  # type: ignore[arg-type]  # Litestar's and httpx's ASGI types
    async with AsyncClient(transport=transport, base_url=AS_SENT) as client:
        return await client.get("/seen", headers=headers)


@pytest.mark.parametrize("peer", [PROXY, "fd00::7"])
async def test_headers_of_a_trusted_proxy_set_client_scheme_and_host(peer: str) -> None:
    found = (await asked(FORWARDED, peer=peer)).json()
    assert found == {"client": "203.0.113.9", "address": "https://keepwell.example.org"}


@pytest.mark.parametrize("peer", ["10.0.1.7", "203.0.113.1", "::1", "no address"])
async def test_headers_of_any_other_peer_are_ignored(peer: str) -> None:
    found = (await asked(FORWARDED, peer=peer)).json()
    assert found == {"client": peer, "address": AS_SENT}


async def test_without_trusted_proxies_headers_are_ignored() -> None:
    found = (await asked(FORWARDED, peer=PROXY, trusted=())).json()
    assert found == {"client": PROXY, "address": AS_SENT}


@pytest.mark.parametrize(
    ("given", "client"),
    [
        # A client may send any value before the one that a proxy appends.
        ("198.51.100.1, 203.0.113.9", "203.0.113.9"),
        ("203.0.113.9, 10.0.0.8", "203.0.113.9"),
        ("198.51.100.1, 203.0.113.9, 10.0.0.8, fd00::8", "203.0.113.9"),
        ("198.51.100.1, 203.0.113.9:50123, 10.0.0.8:443", "203.0.113.9"),
        ("[2001:db8::9]:50123, [fd00::8]", "2001:db8::9"),
        ("203.0.113.9:x", PROXY),
        ("10.0.0.8", "10.0.0.8"),
        ("<script>, 10.0.0.8", "10.0.0.8"),
        ("unknown", PROXY),
        ("", PROXY),
    ],
)
async def test_the_client_is_the_nearest_untrusted_address(given: str, client: str) -> None:
    found = (await asked({"X-Forwarded-For": given}, peer=PROXY)).json()
    assert found["client"] == client


@pytest.mark.parametrize("proto", ["javascript", "", "ws"])
async def test_a_scheme_other_than_http_is_ignored(proto: str) -> None:
    found = (await asked({"X-Forwarded-Proto": proto}, peer=PROXY)).json()
    assert found["address"] == AS_SENT


async def test_an_invalid_forwarded_host_is_rejected() -> None:
    answer = await asked({"X-Forwarded-Host": "evil.example/path?"}, peer=PROXY)
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("one", "other"), [("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"), ("::ffff:192.0.2.1", "192.0.2.1")]
)
def test_limits_count_an_ipv6_network_and_a_mapped_address_as_one_client(one: str, other: str) -> None:
    assert key_of(one) == key_of(other)


def test_limits_tell_clients_of_different_networks_apart() -> None:
    addresses = ("2001:db8:1:2::1", "2001:db8:1:3::1", "192.0.2.1", "192.0.2.2")
    assert len({key_of(each) for each in addresses}) == len(addresses)


def key_of(address: str) -> str:
    scope: Any = {"client": (address, 1)}
    return limit_key(scope)
