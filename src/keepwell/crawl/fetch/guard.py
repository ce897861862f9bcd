"""No connection into one's own network: the last check is where the socket is made, which no redirect goes around."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence
from typing import Any

from keepwell.platform.outbound.addresses import is_public

AddressInfo = tuple[int | socket.AddressFamily, int | socket.SocketKind, int, str, tuple[Any, ...]]


class RefusedAddressError(PermissionError):
    """The address is not one that may be connected to."""


class Guard:
    """Which addresses may be connected to: the public internet, and the networks that are named."""

    def __init__(self, networks: Sequence[str]) -> None:
        """`networks` are like 127.0.0.0/8; raises ValueError for anything else."""
        self._networks = [ipaddress.ip_network(each) for each in networks]

    def refusal(self, address: str) -> str | None:
        """Why `address` may not be connected to; None if it may."""
        if is_public(address) or any(ipaddress.ip_address(address) in each for each in self._networks):
            return None
        return f"{address} is not on the public internet"

    def socket(self, info: AddressInfo) -> socket.socket:
        """A socket for this address; raises RefusedAddressError if it is refused."""
        refusal = self.refusal(str(info[4][0]))
        if refusal is not None:
            raise RefusedAddressError(refusal)
        return socket.socket(info[0], info[1], info[2])


def literal(host: str) -> str | None:
    """The address that `host` writes out; None for a name."""
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        return None
