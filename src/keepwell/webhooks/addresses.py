"""Which addresses webhooks may be sent to: none inside the server's own network (SSRF)."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

import httpx
import idna

from keepwell.platform.errors import DataValidationError, PolicyViolation
from keepwell.platform.outbound.addresses import is_public
from keepwell.platform.outbound.name_lookups import NameLookups

# RFC 6761: always this machine itself.
_LOOPBACK_NAME = "localhost"
# RFC 1123, with the underscore that some name servers allow.
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_LONGEST_NAME = 253
_PUNYCODE = "xn--"
_EXAMPLE = "For example https://example.com/hook"


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
    host = parts.hostname or ""
    if _is_address(host):
        require_public(host, allow_private=allow_private)
    elif not _is_name(host):
        raise DataValidationError(f"url: {host[:100]!r} cannot be the name of a host.", hint=_EXAMPLE)
    elif not allow_private and host.removesuffix(".").split(".")[-1] == _LOOPBACK_NAME:
        raise _refused(host)


async def resolve(host: str, port: int, *, lookups: NameLookups, allow_private: bool) -> str:
    """The address to connect to for `host`, which the caller must use without resolving the name again.

    Raises Unavailable if the name has no address, AddressRefusedError if any of its addresses is private.
    """
    addresses = await lookups.addresses(host, port)
    for address in addresses:
        require_public(address, allow_private=allow_private)
    return addresses[0]


def require_public(address: str, *, allow_private: bool) -> None:
    """Raise AddressRefusedError unless `address` is on the public internet or private ones are allowed."""
    if not allow_private and not is_public(address):
        raise _refused(address)


def _refused(host: str) -> AddressRefusedError:
    return AddressRefusedError(
        f"url: {host} is not on the public internet.",
        hint="The operator of the server can set KEEPWELL_WEBHOOKS_ALLOW_PRIVATE=1.",
    )


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_name(host: str) -> bool:
    """Whether `host` could be in the domain name system; `2130706433` and `0x7f.1` are addresses to some systems."""
    labels = host.removesuffix(".").split(".")
    if len(host) > _LONGEST_NAME or not all(_LABEL.fullmatch(label) for label in labels):
        return False
    return not labels[-1][0].isdigit() and all(_is_decodable(label) for label in labels)


def _is_decodable(label: str) -> bool:
    if not label.startswith(_PUNYCODE):
        return True
    try:
        idna.ulabel(label)
    except idna.IDNAError:
        return False
    return True


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        known = bool(parts.hostname) and parts.port != 0
        # What sends the messages must understand it as well: `urlsplit` leaves out a line break, for example.
        httpx.URL(url)
    except (ValueError, httpx.InvalidURL) as error:
        raise DataValidationError(f"url: {error}.", hint=_EXAMPLE) from error
    if not known:
        raise DataValidationError("url: has no host.", hint=_EXAMPLE)
    return parts
