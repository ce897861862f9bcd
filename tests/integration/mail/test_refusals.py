"""What a mail server refuses: for now, finally, or because of a setting."""

from __future__ import annotations

from uuid import uuid4

import pytest

from tests.integration.mail.sending import LATER, Sending
from tests.mail_server import Inbox

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("nothing_is_due")]


@pytest.mark.parametrize("step", ["to_sender", "to_recipient", "to_content"])
async def test_a_refusal_for_now_is_tried_again_with_the_same_message(
    sending: Sending, taken: Inbox, step: str
) -> None:
    getattr(taken, step).extend(["451 4.7.1 greylisted", "421 4.3.2 too busy"])
    mail_id = await sending.write()
    await sending.round()
    waiting = await sending.mail(mail_id)
    assert (waiting.status, waiting.attempts) == ("waiting", 1)
    assert "451 4.7.1 greylisted" in (waiting.reply or "")
    await sending.round()
    assert taken.received == []
    for _ in range(2):
        sending.clock.move(LATER)
        await sending.round()
    assert [each.message["Message-ID"] for each in taken.received] == [waiting.message_id]
    assert (await sending.mail(mail_id)).attempts == 3
    assert sending.bounced == []


@pytest.mark.parametrize(
    ("step", "answer", "marked"),
    [
        ("to_recipient", "550 5.1.1 no such user", 1),
        ("to_recipient", "550 no such user", 1),
        ("to_recipient", "553 the mailbox of this user is disabled", 1),
        ("to_recipient", "550 junk mail: 203.0.113.9 is in an RBL, blocked", 0),
        ("to_recipient", "550 relaying is not permitted", 0),
        ("to_recipient", "550 the sender address was not found", 0),
        ("to_recipient", "550 5.7.1 your address is on a blocklist", 0),
        ("to_content", "554 5.7.1 looks like spam", 0),
    ],
)
async def test_a_refusal_is_final_and_marks_the_contact_if_the_address_is_why(
    sending: Sending, taken: Inbox, step: str, answer: str, marked: int
) -> None:
    getattr(taken, step).append(answer)
    contact = uuid4()
    mail_id = await sending.write(subject_id=contact)
    for _ in range(2):
        await sending.round()
        sending.clock.move(LATER)
    failed = await sending.mail(mail_id)
    assert failed.status == "failed"
    assert answer in (failed.reply or "")
    assert (taken.received, sending.bounced) == ([], [contact] * marked)


async def test_a_refused_sender_is_a_setting_and_loses_no_mail(sending: Sending, taken: Inbox) -> None:
    taken.to_sender.append("553 5.7.1 not your address")
    mail_id = await sending.write()
    await sending.round()
    assert (await sending.mail(mail_id)).status == "waiting"
    sending.clock.move(LATER)
    await sending.round()
    assert len(taken.received) == 1
