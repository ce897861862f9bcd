"""A real mail server for tests, which keeps what it takes and gives the answers that it was told to give."""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, NamedTuple

from aiosmtpd.controller import Controller, UnixSocketController
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from keepwell.platform.smtp_settings import MailServer, Tls
from keepwell.platform.values.email_addresses import Mailbox

USER, PASSWORD = "keepwell", "p:a%ss wörd"
SENDER = Mailbox("keepwell@keepwell.example", "Keepwell")


class Received(NamedTuple):
    """One mail that the server took."""

    sender: str
    recipients: list[str]
    content: bytes

    @property
    def message(self) -> EmailMessage:
        """The parsed message."""
        return message_from_bytes(self.content, policy=policy.default)


class Inbox:
    """What the server has taken, and the answers it gives next; when these are used up, it takes everything."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.to_sender: deque[str] = deque()
        self.to_recipient: deque[str] = deque()
        self.to_content: deque[str] = deque()
        # Seconds before it answers each recipient, which may be made fewer meanwhile; and how many it was asked for.
        self.silence = 0.0
        self.asked = 0

    async def handle_MAIL(  # noqa: N802  aiosmtpd's names
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return self.to_sender.popleft() if self.to_sender else "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        self.asked += 1
        began = time.monotonic()
        while time.monotonic() - began < self.silence:  # noqa: ASYNC110  a test ends it from another thread
            await asyncio.sleep(0.02)
        answer = self.to_recipient.popleft() if self.to_recipient else "250 OK"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        answer = self.to_content.popleft() if self.to_content else "250 2.0.0 taken"
        if answer.startswith("250"):
            content = envelope.content
            assert isinstance(content, bytes)
            self.received.append(Received(envelope.mail_from or "", envelope.rcpt_tos, content))
        return answer


def server_at(
    port: int, *, tls: Tls = Tls.NONE, host: str = "127.0.0.1", user: str | None = None
) -> MailServer:
    """The settings of a server on this machine."""
    password = None if user is None else PASSWORD
    return MailServer(host=host, port=port, tls=tls, username=user, password=password, sender=SENDER)


@contextmanager
def mail_server(inbox: Inbox, **options: Any) -> Iterator[int]:
    """The port of a running server; `options` are aiosmtpd's."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    controller = Controller(inbox, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


@contextmanager
def mail_server_behind(path: Path, inbox: Inbox) -> Iterator[None]:
    """A running server on a Unix socket, to be reached through a proxy."""
    controller = UnixSocketController(inbox, unix_socket=str(path))
    controller.start()
    try:
        yield
    finally:
        controller.stop()


def with_password(certificate: Path) -> dict[str, Any]:
    """Options of a server that wants TLS and a password."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def authenticated(
        _server: SMTP, _session: Session, _envelope: Envelope, _way: str, data: Any
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        return AuthResult(
            success=(data.login, data.password) == (USER.encode(), PASSWORD.encode()), handled=False
        )

    return {
        "tls_context": context,
        "require_starttls": True,
        "authenticator": authenticated,
        "auth_required": True,
    }
