"""No connection into one's own network: the last check is where the socket is made, which no redirect goes around."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

from keepwell.platform.outbound.addresses import is_public

REFUSED = "not on the public internet"
AddressInfo = tuple[int | socket.AddressFamily, int | socket.SocketKind, int, str, tuple[Any, ...]]


class RefusedAddressError(PermissionError):
    """The address is not one that may be connected to."""


def guarded_socket(info: AddressInfo) -> socket.socket:
    """A socket for this address; raises RefusedAddressError unless it is on the public internet."""
    address = str(info[4][0])
    if not is_public(address):
        raise RefusedAddressError(f"{address} is {REFUSED}")
    return plain_socket(info)


def plain_socket(info: AddressInfo) -> socket.socket:
    """A socket for any address."""
    return socket.socket(info[0], info[1], info[2])


def literal(host: str) -> str | None:
    """The address that `host` writes out, with or without brackets; None for a name."""
    try:
        return str(ipaddress.ip_address(host.strip("[]")))
    except ValueError:
        return None
