"""Which addresses webhooks may be sent to: none inside the server's own network (SSRF)."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from urllib.parse import SplitResult, urlsplit

from keepwell.platform.errors import DataValidationError, PolicyViolation, Unavailable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# IPv6 prefixes that can embed any IPv4 address; RFC 6052 and RFC 8215.
_TRANSLATED = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))


class AddressRefusedError(PolicyViolation):
    """Webhooks are not sent to private, loopback or link-local addresses."""

    code = "webhook-address-refused"


def require_url(url: str, *, allow_private: bool) -> None:
    """Check the URL of an endpoint, without a DNS query.

    Raises DataValidationError unless it is a plain https URL, AddressRefusedError for a private address.
    """
    parts = _split(url)
    if parts.username is not None or parts.fragment:
        raise DataValidationError(
            "url: contains a user name, a password or a fragment.", hint="Leave it out."
        )
    if parts.scheme != "https" and not allow_private:
        raise DataValidationError("url: is not https.", hint="Messages contain your customers' data.")
    if _is_address(parts.hostname or ""):
        require_public(parts.hostname or "", allow_private=allow_private)


async def resolve(host: str, port: int, *, allow_private: bool) -> str:
    """The address to connect to for `host`, which the caller must use without resolving the name again.

    Raises Unavailable if the name has no address, AddressRefusedError if any of its addresses is private.
    """
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unavailable(
            f"{host}: this name cannot be resolved.", hint="Check the endpoint's url."
        ) from error
    addresses = [str(each[4][0]) for each in found]
    for address in addresses:
        require_public(address, allow_private=allow_private)
    return addresses[0]


def require_public(address: str, *, allow_private: bool) -> None:
    """Raise AddressRefusedError unless `address` is on the public internet or private ones are allowed."""
    if not allow_private and not _is_public(ipaddress.ip_address(address)):
        raise AddressRefusedError(
            f"url: {address} is not on the public internet.",
            hint="The operator of the server can set KEEPWELL_WEBHOOKS_ALLOW_PRIVATE=1.",
        )


def _is_public(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return _is_public(address.ipv4_mapped)
        if address.sixtofour or address.teredo or any(address in network for network in _TRANSLATED):
            return False
    return address.is_global and not address.is_multicast


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        known = bool(parts.hostname) and parts.port != 0
    except ValueError as error:
        raise DataValidationError(f"url: {error}.", hint="For example https://example.com/hook") from error
    if not known:
        raise DataValidationError("url: has no host.", hint="For example https://example.com/hook")
    return parts
