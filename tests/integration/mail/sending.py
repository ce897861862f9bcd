"""Mails that a worker sends whose clock the test moves."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from keepwell.identity.model import Workspace
from keepwell.platform.config import Settings
from keepwell.platform.database import Connection, Database
from keepwell.platform.ids import Uuid7
from keepwell.platform.mail import service
from keepwell.platform.mail.delivery import Courier, Timeouts
from keepwell.platform.mail.jobs import MailWork, Subject
from keepwell.platform.mail.model import Body, MailDetail, NewMail
from keepwell.platform.mail.service import Outbox, seal_of
from keepwell.platform.runtime import Runtime
from keepwell.platform.smtp_settings import MailServer
from keepwell.platform.values.email_addresses import Mailbox
from keepwell.platform.work.kinds import TransactionalKind
from keepwell.platform.work.worker import Worker
from tests.clocks import MovableClock

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
LATER = timedelta(hours=7)
QUICK = Timeouts(connect=5, reply=5, content=5)


class Sending:
    """A workspace whose mails go to one server, by a worker whose clock the test moves."""

    def __init__(self, database: Database, workspace: Workspace, settings: Settings) -> None:
        self.database, self.workspace_id, self.settings = database, workspace.id, settings
        self.clock = MovableClock(NOON)
        self.bounced: list[UUID] = []
        self.timeouts = QUICK
        self.tls: Callable[[], ssl.SSLContext] = ssl.create_default_context

    def use(self, server: MailServer | None) -> None:
        self.settings = msgspec.structs.replace(self.settings, mail_server=server)

    async def write(self, text: str = "How are you?", **fields: Any) -> UUID:
        mail = NewMail(
            **{
                "kind": "note",
                "recipient": Mailbox("front.desk@shop.example", "Front desk"),
                "subject": "A word",
                "body": Body(text),
                **fields,
            }
        )
        outbox = Outbox(self.settings, runtime=Runtime(self.clock, Uuid7(self.clock)))
        async with self.database.workspace(self.workspace_id) as connection:
            written = await outbox.write(connection, mail, workspace_id=self.workspace_id)
        assert written is not None
        return written

    def worker(self, *others: TransactionalKind) -> Worker:
        async def bounced(_connection: Connection, subject: Subject) -> None:
            self.bounced.append(subject.subject_id)

        server = self.settings.mail_server
        courier = None
        if server is not None:
            courier = Courier(server, hostname="localhost", timeouts=self.timeouts, tls=self.tls)
        sending = MailWork(
            self.database,
            courier,
            sender=None if server is None else server.sender,
            seal=seal_of(self.settings),
            unsubscribe_link=lambda each: (
                f"https://keepwell.example/unsubscribe/{each.topic}-{each.subject_id}"
            ),
            undeliverable=bounced,
            clock=self.clock,
            jitter=lambda: 0.0,
        )
        return Worker(self.database, [sending.kind(), *others], clock=self.clock, jitter=lambda: 0.0)

    async def round(self) -> None:
        await self.worker().round()

    async def mail(self, mail_id: UUID) -> MailDetail:
        async with self.database.workspace(self.workspace_id) as connection:
            return await service.get_mail(connection, self.workspace_id, mail_id=mail_id)

    async def send_again(self, mail_id: UUID) -> MailDetail:
        async with self.database.workspace(self.workspace_id) as connection:
            return await service.send_again(
                connection,
                self.workspace_id,
                mail_id=mail_id,
                clock=self.clock,
                has_server=self.settings.mail_server is not None,
            )
