"""A process that sends mails is killed while the mail server has the content and has not answered."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import psycopg
import pytest

from keepwell.identity.model import Workspace
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.mail import service
from keepwell.platform.mail.model import Body, MailDetail, NewMail
from keepwell.platform.mail.service import Outbox
from keepwell.platform.runtime import system_runtime
from keepwell.platform.values.email_addresses import Mailbox
from tests.commands import ForkedProcess, start_command
from tests.mail_server import SENDER, Inbox, mail_server_behind, server_at
from tests.running import PATIENCE, environment
from tests.tcp_proxy import FaultProxy

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("nothing_is_due")]

END_OF_CONTENT = b"\r\n.\r\n"


async def test_after_kill_9_a_mail_is_unknown_and_was_sent_once(
    database: Database, workspace: Workspace, settings_of_test: Settings, conninfo: str, tmp_path: Path
) -> None:
    inbox, socket = Inbox(), tmp_path / "smtp"
    with mail_server_behind(socket, inbox), FaultProxy(socket, commit=END_OF_CONTENT) as proxy:
        server = server_at(proxy.port)
        settings = {
            **environment(settings_of_test.home, database_url=conninfo),
            "KEEPWELL_SMTP_URL": f"smtp://127.0.0.1:{proxy.port}",
            "KEEPWELL_MAIL_FROM": SENDER.address,
        }
        new = NewMail(
            kind="note",
            recipient=Mailbox("front.desk@shop.example"),
            subject="A word",
            body=Body("How are you?"),
        )
        outbox = Outbox(
            Settings(home=settings_of_test.home, database_url=conninfo, mail_server=server),
            runtime=system_runtime(),
        )
        async with database.workspace(workspace.id) as connection:
            mail_id = await outbox.write(connection, new, workspace_id=workspace.id)
        assert mail_id is not None

        async def until(status: str) -> MailDetail:
            deadline = time.monotonic() + PATIENCE
            while True:
                async with database.workspace(workspace.id) as connection:
                    mail = await service.get_mail(connection, workspace.id, mail_id=mail_id)
                if mail.status == status and (status != "sending" or inbox.received):
                    return mail
                assert time.monotonic() < deadline, mail
                await asyncio.sleep(0.02)

        def worker() -> ForkedProcess:
            with (tmp_path / "worker.log").open("ab") as log:
                return start_command("worker", environment=settings, stdout=log, stderr=log)

        proxy.withholds_commits = True
        killed = worker()
        await until("sending")
        killed.kill()
        killed.wait(PATIENCE)
        proxy.withholds_commits = False
        # Its lease, which would end by itself in a minute.
        with psycopg.connect(conninfo, autocommit=True) as superuser:
            superuser.execute("update due_work set due_at = now() where subject_id = %s", [mail_id])
        other = worker()
        try:
            assert (await until("unknown")).attempts == 1
        finally:
            other.kill()
            other.wait(PATIENCE)
        assert len(inbox.received) == 1
