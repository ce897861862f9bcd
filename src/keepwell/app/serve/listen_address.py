"""The address that the server listens on, and what to say about how it is reached."""

from __future__ import annotations

import socket
from ipaddress import ip_address

import click

from keepwell.platform.config import Settings
from keepwell.platform.errors import Conflict

LOOPBACK = "127.0.0.1"
DEFAULT_PORT = 8765
_TRIED_PORTS = 20


class ListenHost(click.ParamType[str]):
    """An IP address of this machine, such as 0.0.0.0 for all of them."""

    name = "address"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The address; `localhost` is the loopback address."""
        try:
            return str(ip_address(LOOPBACK if value == "localhost" else value))
        except ValueError:
            self.fail(f"{value!r} is not an IP address such as 127.0.0.1, 0.0.0.0 or ::.", param, ctx)


host_option = click.option(
    "--host",
    type=ListenHost(),
    default=LOOPBACK,
    show_default=True,
    help="The IP address to listen on; 0.0.0.0: all of this machine's. Put a proxy with TLS before it (docs/reach.md).",
)


def free_port(requested: int | None, *, host: str) -> int:
    """The `requested` port on `host`, or the first free one from 8765 on.

    Raises Conflict if it is taken, or all are, or if this machine does not have the address.
    """
    candidates = range(DEFAULT_PORT, DEFAULT_PORT + _TRIED_PORTS) if requested is None else [requested]
    for port in candidates:
        with socket.socket(_family(host)) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    hint = "Name another one: --port 9000."
    if not _is_ours(host):
        raise Conflict(
            f"This machine has no address {host}.", hint="Name one of its own: --host 0.0.0.0 is all of them."
        )
    raise Conflict(f"Port {candidates[0]} is in use.", hint=hint)


def local_url(host: str, port: int) -> str:
    """The URL by which this machine reaches a server that listens on `host`."""
    name = reached_by(host)
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def reached_by(host: str) -> str:
    """The address to connect to for a server that listens on `host`, which may mean all of the machine's."""
    if not ip_address(host).is_unspecified:
        return host
    return "::1" if ":" in host else LOOPBACK


def missing_public_url(settings: Settings, host: str) -> str | None:
    """Why the links of this server cannot be opened by others without KEEPWELL_PUBLIC_URL; None if they can be."""
    if settings.public_url is not None:
        return None
    reasons = [
        (not ip_address(host).is_loopback, f"it listens on {host}"),
        (bool(settings.trusted_proxies), "a proxy is trusted"),
        (settings.oidc is not None, "an OpenID provider is configured"),
        (settings.mail_server is not None, "mails are sent"),
    ]
    given = " and ".join(reason for applies, reason in reasons if applies)
    if not given:
        return None
    return (
        f"Others reach this server, since {given}, but KEEPWELL_PUBLIC_URL is not set: its links name this machine only.\n"
        "Set it to the address that browsers use, such as https://keepwell.example.org."
    )


def missing_proxy(settings: Settings) -> str | None:
    """What is wrong if the proxy that adds TLS is not trusted; None if it is, or if there is none."""
    if settings.trusted_proxies or not (settings.public_url or "").startswith("https://"):
        return None
    return (
        "KEEPWELL_PUBLIC_URL begins with https, but KEEPWELL_TRUSTED_PROXIES is not set: cookies are not limited to https, and "
        "limits count everybody behind the proxy as one client.\nSet it to the proxy's address, such as 127.0.0.1."
    )


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _is_ours(host: str) -> bool:
    with socket.socket(_family(host)) as probe:
        try:
            probe.bind((host, 0))
        except OSError:
            return False
    return True
