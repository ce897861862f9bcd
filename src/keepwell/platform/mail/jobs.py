"""The work of sending mails: each attempt ends in a known status, and one of them is "unknown"."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import TypeAlias
from uuid import UUID

import msgspec
from cryptography.fernet import Fernet, InvalidToken

from keepwell.platform.clock import Clock
from keepwell.platform.database import Connection, Database
from keepwell.platform.errors import InfrastructureError
from keepwell.platform.mail import store
from keepwell.platform.mail.delivery import Accepted, Courier, Lost, NotWanted, Refused
from keepwell.platform.mail.links import Subscription
from keepwell.platform.mail.message import Letter
from keepwell.platform.mail.model import NO_SERVER, MailStatus
from keepwell.platform.mail.service import KIND, forget_old, opened
from keepwell.platform.mail.store import MailRow
from keepwell.platform.values.email_addresses import Mailbox
from keepwell.platform.work.kinds import LeasedKind, NextDue, Settle, TransactionalKind
from keepwell.platform.work.model import Job, Retry, wait_after_error
from keepwell.platform.work.nightly import nightly

RETENTION = "mail.retention"
# Whoever compares with the same week of the year before finds it.
KEPT_FOR = timedelta(days=400)
_AT_ONCE = 4
_IN_ALL = 16
# A refusal for now: greylisting takes five minutes, and a full mailbox hours.
_FIRST_WAIT = timedelta(minutes=1)
_STOPPED = "the sender stopped while the content was being sent"
_OPTED_OUT = "not sent: the recipient has left this list"
_OF_ANOTHER_HOME = "its text was encrypted by another home's secret"


class Subject(msgspec.Struct, frozen=True):
    """Whom a mail was about, and the address that it went to."""

    workspace_id: UUID
    subject_id: UUID
    address: str


# Called in the transaction that ends a mail whose recipient's address takes none.
Undeliverable: TypeAlias = Callable[[Connection, Subject], Awaitable[None]]
# The link by which a subscription ends; None if this installation has no address that others reach.
UnsubscribeLink: TypeAlias = Callable[[Subscription], str | None]


class MailWork:
    """Sends due mails by `courier`, and settles what became of each; without one, they are kept.

    `undeliverable` hears of an address that takes no mail.
    """

    def __init__(
        self,
        database: Database,
        courier: Courier | None,
        *,
        sender: Mailbox | None,
        seal: Fernet,
        unsubscribe_link: UnsubscribeLink,
        undeliverable: Undeliverable,
        clock: Clock,
        jitter: Callable[[], float],
    ) -> None:
        self._database = database
        self._courier = courier
        self._sender = sender
        self._seal = seal
        self._unsubscribe_link = unsubscribe_link
        self._undeliverable = undeliverable
        self._clock = clock
        self._jitter = jitter

    def kind(self) -> LeasedKind:
        """The kind of work, for a worker."""
        return LeasedKind(name=KIND, perform=self._perform, at_once=_AT_ONCE, in_all=_IN_ALL)

    async def _perform(self, job: Job) -> Settle:
        async with self._database.workspace(job.workspace_id) as connection:
            row = await store.TO_SEND.maybe_one(connection, workspace_id=job.workspace_id, id=job.subject_id)
        if row is None or row.status not in {"waiting", "sending"}:
            return _nothing
        ended = _ended_before(row, now=self._clock.now())
        if ended is not None:
            return partial(self._end, job=job, status=ended[0], reply=ended[1])
        courier, sender = self._courier, self._sender
        if courier is None or sender is None:
            # It was written by a process that has a mail server.
            return partial(self._end, job=job, status="kept", reply=NO_SERVER)
        try:
            letter = self._letter(row, job.workspace_id, sender=sender)
        except InvalidToken:
            return partial(self._end, job=job, status="failed", reply=_OF_ANOTHER_HOME)
        return await self._deliver(job, row, letter, courier=courier)

    async def _deliver(self, job: Job, row: MailRow, letter: Letter, *, courier: Courier) -> Settle:
        try:
            delivery = await courier.deliver(letter, hand_over=partial(self._hand_over, job))
        except NotWanted:
            return _nothing
        except InfrastructureError as error:
            return partial(self._wait, job=job, reply=error.message)
        match delivery:
            case Accepted(reply):
                return partial(self._end, job=job, status="sent", reply=reply, was_tried=True)
            case Lost(why):
                return partial(self._end, job=job, status="unknown", reply=why, was_tried=True)
            case Refused(reply) if reply.is_temporary:
                return partial(self._wait, job=job, reply=str(reply))
            case Refused(reply):
                lost = None
                if reply.is_about_the_address and row.subject_id is not None:
                    lost = Subject(job.workspace_id, row.subject_id, row.recipient_address)
                return partial(
                    self._end, job=job, status="failed", reply=str(reply), undeliverable=lost, was_tried=True
                )

    async def _hand_over(self, job: Job) -> bool:
        async with self._database.workspace(job.workspace_id) as connection:
            return bool(
                await store.HAND_OVER.run(connection, workspace_id=job.workspace_id, id=job.subject_id)
            )

    def _letter(self, row: MailRow, workspace_id: UUID, *, sender: Mailbox) -> Letter:
        own = None if row.sender_address is None else Mailbox(row.sender_address, row.sender_name)
        link = None
        if row.topic is not None and row.subject_id is not None:
            link = self._unsubscribe_link(Subscription(workspace_id, row.topic, row.subject_id))
        return Letter(
            id=row.id,
            message_id=row.message_id,
            sender=own or sender,
            recipient=Mailbox(row.recipient_address, row.recipient_name),
            subject=row.subject,
            body=opened(row, self._seal),
            written_at=row.created_at,
            unsubscribe=link,
        )

    async def _wait(self, connection: Connection, *, job: Job, reply: str) -> NextDue:
        await store.WAIT.run(connection, workspace_id=job.workspace_id, id=job.subject_id, reply=reply)
        return Retry(self._next_attempt(job), reply)

    def _next_attempt(self, job: Job) -> datetime:
        wait = max(wait_after_error(job.attempts, jitter=self._jitter()), _FIRST_WAIT)
        return self._clock.now() + wait

    async def _end(
        self,
        connection: Connection,
        *,
        job: Job,
        status: MailStatus,
        reply: str,
        undeliverable: Subject | None = None,
        was_tried: bool = False,
    ) -> NextDue:
        await store.END.run(
            connection,
            workspace_id=job.workspace_id,
            id=job.subject_id,
            status=status,
            reply=reply,
            now=self._clock.now(),
            was_tried=was_tried,
        )
        if undeliverable is not None:
            await self._undeliverable(connection, undeliverable)
        return None


def _ended_before(row: MailRow, *, now: datetime) -> tuple[MailStatus, str] | None:
    """The status that a due mail is in without another attempt, and why; None if it is to be sent."""
    if row.status == "sending":
        # An attempt has begun to send the content and did not come back.
        return "unknown", _STOPPED
    if row.has_opted_out:
        return "unsubscribed", _OPTED_OUT
    if row.expires_at <= now:
        why = "not sent in time"
        return "expired", why if row.reply is None else f"{why}; the last answer: {row.reply}"
    return None


async def _nothing(_connection: Connection) -> NextDue:
    return None


def retention_kind(*, clock: Clock) -> TransactionalKind:
    """The nightly work that deletes mails of more than 400 days ago."""

    async def forget(connection: Connection, workspace_id: UUID, night: date) -> None:
        before = datetime.combine(night, time(), UTC) - KEPT_FOR
        await forget_old(connection, workspace_id, before=before)

    return nightly(RETENTION, forget, clock=clock)
