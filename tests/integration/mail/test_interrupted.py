"""A mail whose sending is interrupted: by the network, by a kill, or by a worker that is told to stop."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from keepwell.platform.mail.delivery import Timeouts
from tests.integration.mail.sending import Sending
from tests.mail_server import Inbox, mail_server_behind, server_at
from tests.tcp_proxy import FaultProxy

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("nothing_is_due")]

END_OF_CONTENT = b"\r\n.\r\n"


@pytest.mark.parametrize("fault", ["resets_commits", "withholds_commits"])
async def test_a_cut_after_the_content_is_unknown_and_not_sent_again_by_itself(
    sending: Sending, inbox: Inbox, tmp_path: Path, fault: str
) -> None:
    socket = tmp_path / "smtp"
    with mail_server_behind(socket, inbox), FaultProxy(socket, commit=END_OF_CONTENT) as proxy:
        sending.use(server_at(proxy.port))
        sending.timeouts = Timeouts(connect=5, reply=5, content=0.5)
        setattr(proxy, fault, True)
        mail_id = await sending.write()
        await sending.round()
        setattr(proxy, fault, False)
        lost = await sending.mail(mail_id)
        assert (lost.status, lost.attempts) == ("unknown", 1)
        assert "no answer to the content" in (lost.reply or "")
        sending.clock.move(timedelta(days=1))
        await sending.round()
        # The server had taken it: sending it again would have doubled it.
        assert len(inbox.received) == 1
        await sending.send_again(mail_id)
        await sending.round()
    assert [each.message["Message-ID"] for each in inbox.received] == [lost.message_id] * 2
    assert (await sending.mail(mail_id)).status == "sent"


async def test_a_sender_that_is_killed_while_the_content_is_sent_leaves_an_unknown_outcome(
    sending: Sending, inbox: Inbox, tmp_path: Path
) -> None:
    socket = tmp_path / "smtp"
    with mail_server_behind(socket, inbox), FaultProxy(socket, commit=END_OF_CONTENT) as proxy:
        sending.use(server_at(proxy.port))
        proxy.withholds_commits = True
        mail_id = await sending.write()
        attempt = asyncio.create_task(sending.round())
        async with asyncio.timeout(10):
            while (await sending.mail(mail_id)).status != "sending":  # noqa: ASYNC110  another process would commit it
                await asyncio.sleep(0.01)
        attempt.cancel()
        await asyncio.wait([attempt])
        proxy.withholds_commits = False
        sending.clock.move(timedelta(hours=1))
        await sending.round()
    assert (await sending.mail(mail_id)).status == "unknown"


async def test_a_worker_that_is_told_to_stop_sends_the_mail_that_it_has_begun(
    sending: Sending, taken: Inbox
) -> None:
    taken.silence = 0.5
    mail_id = await sending.write()
    working = asyncio.create_task(sending.worker().work())
    async with asyncio.timeout(10):
        while not taken.asked:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    working.cancel()
    await asyncio.wait([working])
    assert (await sending.mail(mail_id)).status == "sent"
