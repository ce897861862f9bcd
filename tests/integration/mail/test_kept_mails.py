"""What is kept of a mail, for how long, and which mails are not sent any more."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest

from keepwell.platform.errors import Conflict
from keepwell.platform.mail import service
from keepwell.platform.mail.jobs import retention_kind
from keepwell.platform.work.worker import Worker
from tests.integration.mail.sending import LATER, Sending
from tests.mail_server import Inbox

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("nothing_is_due")]


async def test_a_confidential_mail_is_read_by_its_recipient_only_and_forgotten_once_sent(
    sending: Sending, taken: Inbox, conninfo: str
) -> None:
    mail_id = await sending.write("The secret link", confidential=True, lifetime=timedelta(minutes=30))
    with psycopg.connect(conninfo) as connection:
        stored = connection.execute("select mails::text from mails where id = %s", [mail_id]).fetchone()
        assert stored is not None
        assert b"secret" not in bytes.fromhex(stored[0].split("\\\\x")[1].split('"')[0])
        assert "secret" not in stored[0]
    await sending.round()
    assert "The secret link" in taken.received[0].message.get_content()
    sent = await sending.mail(mail_id)
    assert (sent.status, sent.text, sent.html) == ("sent", None, None)
    with pytest.raises(Conflict, match="sent"):
        await sending.send_again(mail_id)


async def test_a_mail_that_waited_too_long_is_not_sent(sending: Sending, taken: Inbox) -> None:
    taken.to_recipient.append("450 4.2.1 later")
    mail_id = await sending.write(confidential=True, lifetime=timedelta(minutes=30))
    await sending.round()
    sending.clock.move(LATER)
    await sending.round()
    expired = await sending.mail(mail_id)
    assert (expired.status, taken.received) == ("expired", [])
    assert "450 4.2.1 later" in (expired.reply or "")
    with pytest.raises(Conflict, match="valid no longer"):
        await sending.send_again(mail_id)


async def test_who_left_a_list_gets_no_mail_of_it_even_one_that_was_due(
    sending: Sending, taken: Inbox
) -> None:
    left, stayed = uuid4(), uuid4()
    of_list = {each: await sending.write(topic="news", subject_id=each) for each in (left, stayed)}
    async with sending.database.workspace(sending.workspace_id) as connection:
        for _ in range(2):
            await service.opt_out(
                connection, sending.workspace_id, topic="news", subject_id=left, clock=sending.clock
            )
    await sending.round()
    statuses = [(await sending.mail(each)).status for each in of_list.values()]
    assert (statuses, len(taken.received)) == (["unsubscribed", "sent"], 1)


async def test_of_two_mails_for_one_occasion_only_the_first_exists(sending: Sending) -> None:
    await sending.write(once="digest 2026-W10")
    with pytest.raises(AssertionError):
        await sending.write(once="digest 2026-W10")


async def test_after_400_days_mails_go_except_those_on_their_way(sending: Sending, taken: Inbox) -> None:
    taken.to_recipient.append("450 later")
    old = [await sending.write() for _ in range(2)]
    await sending.round()
    statuses = [(await sending.mail(each)).status for each in old]
    assert sorted(statuses) == ["sent", "waiting"]
    sending.clock.move(timedelta(days=401))
    kept = await sending.write()
    retention = Worker(
        sending.database, [retention_kind(clock=sending.clock)], clock=sending.clock, jitter=lambda: 0.0
    )
    await retention.round()
    async with sending.database.workspace(sending.workspace_id) as connection:
        found = await service.list_mails(connection, workspace_id=sending.workspace_id, limit=10)
    assert {each.id for each in found.items} == {kept, old[statuses.index("waiting")]}
