"""Webhooks are never sent into the server's own network."""

from __future__ import annotations

import pytest

from keepwell.platform.errors import DataValidationError, Unavailable
from keepwell.platform.outbound.name_lookups import NameLookups
from keepwell.webhooks.addresses import AddressRefusedError, require_public, require_url, resolve

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.8.8",
        "0.0.0.0",  # noqa: S104  refused, not bound
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fd00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "2001:0:7f00:1::",
        "::127.0.0.1",
        "::8.8.8.8",
        "fec0::1",
        "feff::1",
        "fe80::1%eth0",
        "2606:4700:4700::1111%eth0",
        "::ffff:0:127.0.0.1",
        "5f00::1",
        "3fff::1",
    ],
)
def test_a_non_public_address_is_refused(address: str) -> None:
    with pytest.raises(AddressRefusedError):
        require_public(address, allow_private=False)
    require_public(address, allow_private=True)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8"])
def test_a_public_address_is_allowed(address: str) -> None:
    require_public(address, allow_private=False)


async def test_a_name_that_resolves_to_a_private_address_is_refused() -> None:
    with pytest.raises(AddressRefusedError):
        await resolve("localhost", 80, lookups=NameLookups(), allow_private=False)


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f.1", "0177.0.0.1"])
async def test_an_address_in_another_notation_is_refused(host: str) -> None:
    with pytest.raises((AddressRefusedError, Unavailable)):
        await resolve(host, 80, lookups=NameLookups(), allow_private=False)


async def test_an_unresolvable_name_is_reported() -> None:
    with pytest.raises(Unavailable, match="cannot be resolved"):
        await resolve("nowhere.invalid", 80, lookups=NameLookups(), allow_private=False)


@pytest.mark.parametrize(
    "url",
    [
        "http://shop.example.com/hook",
        "https://user:secret@shop.example.com/hook",
        "https://shop.example.com/hook#part",
        "https://shop.example.com:99999/",
        "https:///hook",
        "https://[::1/",
        "https://[v1.x]/",
        "https://shop.example.com/hook\n",
        "https://shop.exa\tmple.com/hook",
    ],
)
def test_a_url_that_is_not_plain_https_is_refused(url: str) -> None:
    with pytest.raises(DataValidationError, match="url: "):
        require_url(url, allow_private=False)


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://169.254.169.254/latest",
        "https://localhost/",
        "https://LOCALHOST./",
        "https://shop.localhost:8443/",
    ],
)
def test_a_url_with_a_private_address_is_refused_when_it_is_added(url: str) -> None:
    with pytest.raises(AddressRefusedError):
        require_url(url, allow_private=False)
    require_url(url, allow_private=True)


@pytest.mark.parametrize(
    "host",
    [
        *(
            "a..b",
            ".",
            "-",
            "-a.example",
            "a-.example",
            "%",
            "a|b",
            "1",
            "127.1",
            "2130706433",
            "0x7f.1",
            "a.0x7f",
        ),
        *("xn--", "xn--a.example", "a" * 64 + ".example", ".".join(["a" * 60] * 5), "\\"),
    ],
)
def test_a_url_whose_host_cannot_be_a_name_is_refused_when_it_is_added(host: str) -> None:
    with pytest.raises(DataValidationError, match="url: "):
        require_url(f"https://{host}/hook", allow_private=False)


@pytest.mark.parametrize(
    "host",
    ["example.com", "example.com.", "shop_1.example.com", "xn--zca.example", "8ball.example", "a.b-c.d1"],
)
def test_a_url_with_a_possible_name_is_accepted(host: str) -> None:
    require_url(f"https://{host}/hook", allow_private=False)
