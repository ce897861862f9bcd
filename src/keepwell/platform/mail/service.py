"""Writing mails down in the transaction of what they are about, reading them, and sending them again.

Functions take a connection that is inside a transaction of the workspace, and never commit.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec
from cryptography.fernet import Fernet

from keepwell.platform.clock import Clock
from keepwell.platform.config import Settings
from keepwell.platform.database import Connection, Readable
from keepwell.platform.erasure import REPLACEMENT, Person
from keepwell.platform.errors import Conflict, NotFound
from keepwell.platform.mail import store
from keepwell.platform.mail.message import message_id
from keepwell.platform.mail.model import (
    GIVEN_UP_AFTER,
    NO_SERVER,
    SENDABLE,
    Body,
    MailDetail,
    MailItem,
    MailSort,
    MailStatus,
    NewMail,
    checked,
)
from keepwell.platform.pagination.cursors import PageEnd, RowPage
from keepwell.platform.runtime import Runtime
from keepwell.platform.secrets import cipher_of, secret_of
from keepwell.platform.work import service as work

KIND = "mail.message"
# Of an installation that has neither a mail server nor a sender yet.
_DOMAIN_OF_NOBODY = "keepwell.invalid"


class Outbox:
    """Writes mails down; whether they are due, or only kept, depends on the settings."""

    def __init__(self, settings: Settings, *, runtime: Runtime) -> None:
        self._settings = settings
        self._runtime = runtime

    @property
    def has_server(self) -> bool:
        """Whether mails leave this installation."""
        return self._settings.mail_server is not None

    async def write(self, connection: Connection, new: NewMail, *, workspace_id: UUID) -> UUID | None:
        """Write `new` down, due now, or kept if there is no mail server; None if one with the same `once` exists.

        Raises DataValidationError that names the field that cannot be sent; nothing is written then.
        """
        mail, mail_id, now = checked(new), self._runtime.ids.new(), self._runtime.clock.now()
        server = self._settings.mail_server
        sender = mail.sender or (None if server is None else server.sender)
        domain = _DOMAIN_OF_NOBODY if sender is None else sender.address.rpartition("@")[2]
        written = await store.INSERT.maybe_one(
            connection,
            workspace_id=workspace_id,
            id=mail_id,
            kind=mail.kind,
            once=mail.once,
            subject_id=mail.subject_id,
            topic=mail.topic,
            message_id=message_id(mail_id, domain=domain.encode("idna").decode()),
            sender_name=None if mail.sender is None else mail.sender.name,
            sender_address=None if mail.sender is None else mail.sender.address,
            recipient_name=mail.recipient.name,
            recipient_address=mail.recipient.address,
            subject=mail.subject,
            status="kept" if server is None else "waiting",
            reply=NO_SERVER if server is None else None,
            created_at=now,
            expires_at=now + mail.lifetime,
            **self._texts(mail),
        )
        if written is not None and server is not None:
            await work.schedule(
                connection, workspace_id=workspace_id, kind=KIND, subject_id=mail_id, due_at=now
            )
        return None if written is None else mail_id

    def _texts(self, mail: NewMail) -> dict[str, object]:
        if not mail.confidential:
            return {"text": mail.body.text, "html": mail.body.html, "sealed": None}
        sealed = seal_of(self._settings).encrypt(msgspec.json.encode(mail.body))
        return {"text": None, "html": None, "sealed": sealed}


def seal_of(settings: Settings) -> Fernet:
    """Encrypts the text of confidential mails while they wait, by the home's secret."""
    return cipher_of(secret_of(settings.secret_file), purpose="mails")


def opened(row: store.MailRow, seal: Fernet) -> Body:
    """The text of a mail; raises InvalidToken if it was sealed by another home."""
    if row.sealed is not None:
        return msgspec.json.decode(seal.decrypt(row.sealed), type=Body)
    return Body(row.text or "", row.html)


async def list_mails(
    reader: Readable,
    sort: MailSort = "-id",
    *,
    workspace_id: UUID,
    limit: int,
    after: PageEnd | None = None,
    status: MailStatus | None = None,
    kind: str | None = None,
) -> RowPage[MailItem]:
    """A page of mails in the order in which they were written."""
    return await store.PAGES.page(
        reader, sort, limit=limit, after=after, workspace_id=workspace_id, status=status, kind=kind
    )


async def get_mail(reader: Readable, workspace_id: UUID, *, mail_id: UUID) -> MailDetail:
    """One mail with its texts; raises NotFound."""
    found = await store.DETAIL.maybe_one(reader, workspace_id=workspace_id, id=mail_id)
    if found is None:
        raise _no_mail(mail_id)
    return found


async def is_written(reader: Readable, workspace_id: UUID, *, once: str) -> bool:
    """Whether the mail with this `once` exists."""
    return await store.BY_ONCE.maybe_one(reader, workspace_id=workspace_id, once=once) is not None


async def send_again(
    connection: Connection, workspace_id: UUID, *, mail_id: UUID, clock: Clock, has_server: bool
) -> MailDetail:
    """Make a mail due again that is kept, failed, expired or of unknown outcome; the same message, so it may arrive twice.

    Raises NotFound, and Conflict for one in another status, one whose text is gone, or without a mail server.
    """
    found = await store.LOCKED.maybe_one(connection, workspace_id=workspace_id, id=mail_id)
    if found is None:
        raise _no_mail(mail_id)
    if not has_server:
        raise Conflict("There is no mail server.", hint="Set KEEPWELL_SMTP_URL, and restart.")
    if found.status not in SENDABLE:
        raise Conflict(
            f"This mail is {found.status}.", hint=f"Only these are sent again: {', '.join(sorted(SENDABLE))}."
        )
    now = clock.now()
    if found.is_without_text or (found.is_confidential and found.expires_at <= now):
        raise Conflict("What this mail contained is valid no longer.", hint="Ask for another one.")
    await store.SEND_AGAIN.run(
        connection,
        workspace_id=workspace_id,
        id=mail_id,
        expires_at=found.expires_at if found.is_confidential else now + GIVEN_UP_AFTER,
    )
    await work.schedule(connection, workspace_id=workspace_id, kind=KIND, subject_id=mail_id, due_at=now)
    return await get_mail(connection, workspace_id, mail_id=mail_id)


async def forget_old(connection: Connection, workspace_id: UUID, *, before: datetime) -> int:
    """Delete the mails that were written before then, except those on their way; how many."""
    return await store.FORGET_OLD.run(connection, workspace_id=workspace_id, before=before)


async def opt_out(
    connection: Connection, workspace_id: UUID, *, topic: str, subject_id: UUID, clock: Clock
) -> None:
    """Send this subject no mail of the list any more; doing it twice is the same as once."""
    await store.OPT_OUT.run(
        connection, workspace_id=workspace_id, topic=topic, subject_id=subject_id, now=clock.now()
    )


async def opt_in(connection: Connection, workspace_id: UUID, *, topic: str, subject_id: UUID) -> None:
    """Send this subject mails of the list again."""
    await store.OPT_IN.run(connection, workspace_id=workspace_id, topic=topic, subject_id=subject_id)


async def has_opted_out(reader: Readable, workspace_id: UUID, *, topic: str, subject_id: UUID) -> bool:
    """Whether this subject has left the list."""
    found = await store.OPTED_OUT.maybe_one(
        reader, workspace_id=workspace_id, topic=topic, subject_id=subject_id
    )
    return found is not None


def _no_mail(mail_id: UUID) -> NotFound:
    return NotFound(
        f"This workspace has no mail {mail_id}.", hint="`./keepwell mail list` and GET /v1/mail list them."
    )


async def erase_person(connection: Connection, person: Person) -> dict[str, int]:
    """Delete the mails to the person, sent or not, and remove the person from those to others; the rows by table."""
    workspace_id, ids = person.workspace_id, list(person.personal_ids)
    mails = await store.ERASE_MAILS.run(
        connection, workspace_id=workspace_id, ids=ids, texts=list(person.texts)
    )
    for pattern in person.patterns:
        mails += await store.ERASE_FROM_MAILS.run(
            connection, workspace_id=workspace_id, pattern=pattern, replacement=REPLACEMENT
        )
    opt_outs = await store.ERASE_OPT_OUTS.run(connection, workspace_id=workspace_id, ids=ids)
    return {"mails": mails, "mail_opt_outs": opt_outs}
