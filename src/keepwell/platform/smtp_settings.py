"""The mail server of KEEPWELL_SMTP_URL, and the sender of KEEPWELL_MAIL_FROM."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

import msgspec

from keepwell.platform.errors import DataValidationError
from keepwell.platform.values.email_addresses import Mailbox, parsed_mailbox

_URL, _FROM = "KEEPWELL_SMTP_URL", "KEEPWELL_MAIL_FROM"
_HINT = "Write smtp://USER:PASSWORD@HOST:587, or smtps://… for TLS from the start; % and : in a password as %25 and %3A."


class Tls(StrEnum):
    """How the connection is encrypted."""

    FROM_THE_START = "from the start"
    STARTTLS = "starttls"
    # Only to this machine.
    NONE = "none"


_PORTS: Mapping[Tls, int] = {Tls.FROM_THE_START: 465, Tls.STARTTLS: 587, Tls.NONE: 25}


class MailServer(msgspec.Struct, frozen=True, kw_only=True):
    """The server that takes our mails, how to sign in to it, and the sender of a mail that names none."""

    host: str
    port: int
    tls: Tls
    username: str | None
    password: str | None
    sender: Mailbox


def mail_server(environment: Mapping[str, str], *, public_url: str | None) -> MailServer | None:
    """The configured server, or None; raises DataValidationError that says what is wrong, without showing the password."""
    given = environment.get(_URL, "")
    if not given:
        return None
    try:
        parts = urlsplit(given)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise _wrong("its host or port cannot be read") from error
    if parts.scheme not in {"smtp", "smtps"}:
        raise _wrong("it does not begin with smtp:// or smtps://")
    if not host or not given.isprintable() or " " in given:
        raise _wrong("it names no host")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise _wrong("something follows the host and port")
    if bool(parts.username) != bool(parts.password):
        raise _wrong("a user has a password, and the reverse")
    tls = _tls(parts.scheme, host)
    user = unquote(parts.username) if parts.username else None
    return MailServer(
        host=host,
        port=port or _PORTS[tls],
        tls=tls,
        username=user,
        password=unquote(parts.password) if parts.password else None,
        sender=_sender(environment.get(_FROM, ""), user=user, public_url=public_url),
    )


def is_loopback(host: str) -> bool:
    """Whether `host` is this machine."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _tls(scheme: str, host: str) -> Tls:
    if scheme == "smtps":
        return Tls.FROM_THE_START
    return Tls.NONE if is_loopback(host) else Tls.STARTTLS


def _sender(given: str, *, user: str | None, public_url: str | None) -> Mailbox:
    if given:
        return parsed_mailbox(given, field=_FROM)
    if user is not None and "@" in user:
        return Mailbox(parsed_mailbox(user, field=f"{_URL}: its user").address, "Keepwell")
    host = urlsplit(public_url or "").hostname
    if host is not None and not is_loopback(host) and "." in host.strip("."):
        return Mailbox(f"keepwell@{host}", "Keepwell")
    raise DataValidationError(
        f"{_FROM} is not set.", hint="Set it to the sender of mails, such as Keepwell <keepwell@example.org>."
    )


def _wrong(why: str) -> DataValidationError:
    return DataValidationError(f"{_URL}: {why}.", hint=_HINT)
