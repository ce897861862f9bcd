"""Client addresses in one form, so that nobody gets several limits by writing one address differently."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from litestar.types import Scope

from keepwell.platform.config import Network

Address = IPv4Address | IPv6Address

# What a provider gives to a single customer, who may use any address in it.
_CUSTOMER_PREFIX = 64


def parsed_address(text: str) -> Address | None:
    """The address; an IPv4 address that is mapped into IPv6 is returned as IPv4. None if `text` is not one."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def is_trusted(address: Address | None, trusted: Sequence[Network]) -> bool:
    """Whether `address` is in one of the networks of trusted proxies."""
    return address is not None and any(address in network for network in trusted)


def client_address(scope: Scope) -> Address | None:
    """The address of the client, after the headers of trusted proxies were applied, or None."""
    client = scope.get("client")
    return parsed_address(client[0]) if client else None


def limit_key(scope: Scope) -> str:
    """The client that limits count: its IPv4 address, or its IPv6 network of 64 bits."""
    client = scope.get("client")
    return _key_of(client[0]) if client else "unknown"


@lru_cache(maxsize=1024)
def _key_of(text: str) -> str:
    address = parsed_address(text)
    if isinstance(address, IPv6Address):
        return str(ip_network((address, _CUSTOMER_PREFIX), strict=False))
    return str(address or text)
