"""Mail servers that cannot be used, that hang, that ask for TLS and a password, and none at all."""

from __future__ import annotations

import asyncio
import ssl
import time
from functools import partial
from pathlib import Path

import msgspec
import pytest

from keepwell.platform.errors import Conflict
from keepwell.platform.mail.delivery import Timeouts
from keepwell.platform.smtp_settings import Tls
from keepwell.platform.work.kinds import TransactionalKind
from tests.certificates import certificate
from tests.integration.due_work import EFFECT, effects, schedule, table_of_effects, write_effect
from tests.integration.mail.sending import LATER, NOON, QUICK, Sending
from tests.mail_server import USER, Inbox, mail_server, mail_server_behind, server_at, with_password
from tests.tcp_proxy import FaultProxy

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("nothing_is_due")]


@pytest.mark.parametrize("when", ["before the greeting", "after it was cut", "nobody listens"])
async def test_a_server_that_cannot_be_used_gets_the_mail_later(
    sending: Sending, inbox: Inbox, tmp_path: Path, when: str
) -> None:
    socket = tmp_path / "smtp"
    with mail_server_behind(socket, inbox), FaultProxy(socket) as proxy:
        sending.use(server_at(1 if when == "nobody listens" else proxy.port))
        sending.timeouts = Timeouts(connect=0.3, reply=0.3, content=0.3)
        proxy.is_black_hole = when == "before the greeting"
        proxy.latency = 0.2 if when == "after it was cut" else 0.0
        mail_id = await sending.write()
        attempt = asyncio.create_task(sending.round())
        if when == "after it was cut":
            await asyncio.sleep(0.3)
            proxy.cut()
        await attempt
        waiting = await sending.mail(mail_id)
        assert (waiting.status, waiting.attempts) == ("waiting", 1)
        assert "The mail server" in (waiting.reply or "")
        proxy.is_black_hole, proxy.latency = False, 0.0
        sending.use(server_at(proxy.port))
        sending.timeouts = QUICK
        sending.clock.move(LATER)
        await sending.round()
    assert (len(inbox.received), (await sending.mail(mail_id)).status) == (1, "sent")


async def test_a_server_that_hangs_does_not_hold_up_other_work(
    sending: Sending, inbox: Inbox, conninfo: str
) -> None:
    inbox.silence = 30.0
    with mail_server(inbox) as port, table_of_effects(conninfo):
        sending.use(server_at(port))
        for _ in range(6):
            await sending.write()
        subjects = await schedule(sending.database, sending.workspace_id, due_at=NOON, count=20)
        attempt = asyncio.create_task(
            sending.worker(TransactionalKind(name=EFFECT, run=write_effect)).round()
        )
        began = time.monotonic()
        while len(await effects(sending.database, subjects)) < len(subjects):
            assert time.monotonic() - began < 20.0
            await asyncio.sleep(0.01)
        inbox.silence = 0.0
        await attempt


async def test_starttls_and_a_password_are_used_and_a_wrong_one_is_named(
    sending: Sending, inbox: Inbox, tmp_path: Path
) -> None:
    own = certificate(tmp_path, name="localhost")
    sending.tls = partial(ssl.create_default_context, cafile=str(own))
    with mail_server(inbox, **with_password(own)) as port:
        right = server_at(port, tls=Tls.STARTTLS, host="localhost", user=USER)
        sending.use(msgspec.structs.replace(right, password="wrong"))  # noqa: S106
        mail_id = await sending.write()
        await sending.round()
        reply = (await sending.mail(mail_id)).reply or ""
        assert "refuses the user or password: 535" in reply
        assert "wrong" not in reply
        sending.use(right)
        sending.clock.move(LATER)
        await sending.round()
    assert len(inbox.received) == 1


async def test_a_server_without_tls_or_with_a_foreign_certificate_gets_nothing(
    sending: Sending, inbox: Inbox, tmp_path: Path
) -> None:
    with mail_server(inbox) as port:
        sending.use(server_at(port, tls=Tls.STARTTLS, host="localhost"))
        mail_id = await sending.write()
        await sending.round()
        assert "STARTTLS" in ((await sending.mail(mail_id)).reply or "").upper()
    with mail_server(inbox, **with_password(certificate(tmp_path, name="localhost"))) as port:
        sending.use(server_at(port, tls=Tls.STARTTLS, host="localhost", user=USER))
        sending.clock.move(LATER)
        await sending.round()
        assert "certificate" in ((await sending.mail(mail_id)).reply or "")
    assert inbox.received == []


async def test_without_a_server_mails_are_kept_and_readable_and_can_be_sent_later(
    sending: Sending, inbox: Inbox
) -> None:
    mail_id = await sending.write("Kept text")
    await sending.round()
    kept = await sending.mail(mail_id)
    assert (kept.status, kept.reply, kept.text) == ("kept", "not sent: no mail server", "Kept text")
    with pytest.raises(Conflict, match="no mail server"):
        await sending.send_again(mail_id)
    with mail_server(inbox) as port:
        sending.use(server_at(port))
        await sending.round()
        assert inbox.received == []
        await sending.send_again(mail_id)
        await sending.round()
    assert len(inbox.received) == 1
