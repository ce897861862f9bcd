"""Which addresses are on the public internet: the one list for webhooks and the crawl (SSRF)."""

from __future__ import annotations

import ipaddress

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# IPv6 prefixes that can embed any IPv4 address (RFC 6052, RFC 8215, RFC 2765, and the deprecated IPv4-compatible ones of
# RFC 4291), the site-local addresses that RFC 3879 deprecated, which some networks still route, and what became reserved
# after Python's own table: segment identifiers (RFC 9602) and documentation (RFC 9637).
_NEVER = tuple(
    map(
        ipaddress.ip_network,
        (
            "64:ff9b::/96",
            "64:ff9b:1::/48",
            "::ffff:0:0:0/96",
            "::/96",
            "fec0::/10",
            "5f00::/16",
            "3fff::/20",
        ),
    )
)


def is_public(address: str) -> bool:
    """Whether `address` is on the public internet, and cannot stand for one that is not; raises ValueError for no address."""
    return _is_public(ipaddress.ip_address(address))


def _is_public(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        # A zone names an interface of this machine.
        if address.scope_id is not None:
            return False
        if address.ipv4_mapped is not None:
            return _is_public(address.ipv4_mapped)
        if address.sixtofour or address.teredo or any(address in network for network in _NEVER):
            return False
    return address.is_global and not address.is_multicast
