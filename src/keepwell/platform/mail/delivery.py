"""Handing one mail to the mail server, and what is known afterwards."""

from __future__ import annotations

import re
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from functools import cache
from typing import Literal, TypeAlias

import aiosmtplib
import msgspec
from aiosmtplib.protocol import normalize_message_line_endings

from keepwell.platform.errors import ExternalServiceError, KeepwellError, TimedOut, Unavailable
from keepwell.platform.mail.message import Letter, encoded, envelope
from keepwell.platform.mail.model import Reply, storable_reply
from keepwell.platform.smtp_settings import MailServer, Tls

_START_OF_CONTENT = 354
_FIRST_REFUSAL = 400
_SECONDS_FOR_GOODBYE = 2.0
_FIRST_OF_LINE = re.compile(rb"(?m)^\.")


class Timeouts(msgspec.Struct, frozen=True):
    """Seconds for each step. The last one is long, since giving up on it leaves the outcome unknown."""

    connect: float = 15.0
    reply: float = 30.0
    content: float = 300.0


class Accepted(msgspec.Struct, frozen=True):
    """The server has the mail and is responsible for it now."""

    reply: str


class Refused(msgspec.Struct, frozen=True):
    """The server does not take this mail, for now or at all."""

    reply: Reply


class Lost(msgspec.Struct, frozen=True):
    """The server may or may not have the mail: the connection ended after the content was sent, and no answer came."""

    why: str


Delivery: TypeAlias = Accepted | Refused | Lost
# Commits that the content is about to be sent; False: the mail is not to be sent any more.
HandOver: TypeAlias = Callable[[], Awaitable[bool]]


class NotWanted(KeepwellError):
    """The mail was changed while it was being sent."""


class Courier:
    """Delivers mails to one server, each over a connection of its own."""

    def __init__(
        self,
        server: MailServer,
        *,
        hostname: str,
        timeouts: Timeouts | None = None,
        tls: Callable[[], ssl.SSLContext] | None = None,
    ) -> None:
        self._server = server
        self._hostname = hostname
        self._timeouts = timeouts or Timeouts()
        self._tls = tls or _trusted_roots

    async def deliver(self, letter: Letter, *, hand_over: HandOver) -> Delivery:
        """Deliver `letter`, calling `hand_over` once, right before its content is sent.

        Until then nothing can have been delivered: raises Unavailable or TimedOut if the server does not answer, and
        ExternalServiceError if it turns us away before it has heard of the mail, such as for a wrong password.
        """
        content = _on_the_wire(encoded(letter))
        async with self._connected() as client:
            refusal = await _envelope_refused(client, letter)
            if refusal is not None:
                return Refused(refusal)
            if not await hand_over():
                raise NotWanted
            return await self._send_content(client, content)

    async def _send_content(self, client: aiosmtplib.SMTP, content: bytes) -> Delivery:
        protocol = client.protocol
        if protocol is None:
            raise Unavailable("The mail server closed the connection before the content.")
        # Raises if the connection is closed already, when nothing has been sent yet.
        protocol.write(content)
        try:
            answer = await protocol.read_response(timeout=self._timeouts.content)
        except (aiosmtplib.SMTPException, OSError) as error:
            return Lost(storable_reply(f"no answer to the content: {error}"))
        with suppress(aiosmtplib.SMTPException, OSError):
            await client.quit(timeout=_SECONDS_FOR_GOODBYE)
        if answer.code >= _FIRST_REFUSAL:
            return Refused(Reply("content", answer.code, answer.message))
        return Accepted(storable_reply(f"{answer.code} {answer.message}"))

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[aiosmtplib.SMTP]:
        server = self._server
        client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=None if server.username is None else server.username.encode(),
            password=None if server.password is None else server.password.encode(),
            local_hostname=self._hostname,
            timeout=self._timeouts.connect,
            use_tls=server.tls is Tls.FROM_THE_START,
            start_tls=server.tls is Tls.STARTTLS,
            tls_context=None if server.tls is Tls.NONE else self._tls(),
        )
        try:
            with _translated_errors(server):
                await client.connect()
                client.timeout = self._timeouts.reply
                yield client
        finally:
            client.close()


async def _envelope_refused(client: aiosmtplib.SMTP, letter: Letter) -> Reply | None:
    """Name sender and recipient, and ask to send the content: the server's refusal of one of them, or None."""
    sender, recipient = envelope(letter.sender.address), envelope(letter.recipient.address)
    options, encoding = [], "ascii"
    if letter.needs_utf8:
        with suppress(aiosmtplib.SMTPHeloError):
            await client.ehlo()
        if not client.supports_extension("smtputf8"):
            step: Literal["sender", "recipient"] = "sender" if recipient.isascii() else "recipient"
            return Reply(step, 553, "5.6.7 the mail server takes ASCII addresses only (it has no SMTPUTF8)")
        options, encoding = ["SMTPUTF8", "BODY=8BITMIME"], "utf-8"
    try:
        await client.mail(sender, options=options, encoding=encoding)
        await client.rcpt(recipient, encoding=encoding)
    except aiosmtplib.SMTPSenderRefused as refused:
        return Reply("sender", refused.code, refused.message)
    except aiosmtplib.SMTPRecipientRefused as refused:
        return Reply("recipient", refused.code, refused.message)
    start = await client.execute_command(b"DATA")
    return None if start.code == _START_OF_CONTENT else Reply("content", start.code, start.message)


def _on_the_wire(message: bytes) -> bytes:
    """The content with its final dot; a line that begins with one gets another (RFC 5321, section 4.5.2)."""
    return _FIRST_OF_LINE.sub(b"..", normalize_message_line_endings(message)) + b".\r\n"


@contextmanager
def _translated_errors(server: MailServer) -> Iterator[None]:
    """Errors from before the content as those of the tree; none of them shows the password."""
    where = f"The mail server {server.host}:{server.port}"
    hint = "Check KEEPWELL_SMTP_URL; the mail stays due."
    try:
        yield
    except aiosmtplib.SMTPAuthenticationError as error:
        refused = storable_reply(f"{error.code} {error.message}")
        raise ExternalServiceError(f"{where} refuses the user or password: {refused}.", hint=hint) from error
    except (aiosmtplib.SMTPTimeoutError, TimeoutError) as error:
        raise TimedOut(
            f"{where} does not answer in time: {storable_reply(str(error))}.", hint=hint
        ) from error
    except (aiosmtplib.SMTPException, OSError) as error:
        raise Unavailable(f"{where} cannot be used: {storable_reply(str(error))}.", hint=hint) from error


@cache
def _trusted_roots() -> ssl.SSLContext:
    """The machine's certificate authorities, read once: reading them takes long enough to hold up other requests."""
    return ssl.create_default_context()
