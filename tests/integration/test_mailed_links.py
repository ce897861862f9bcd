"""Sign-in links and invitations by mail: for members only, and nobody learns who is one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any, NamedTuple, cast
from uuid import UUID

import httpx
import msgspec
import psycopg
import pytest
from litestar.di import Provide

from keepwell.app.http import create_app
from keepwell.app.later import LaterWork
from keepwell.app.mail.jobs import mail_kind, unsubscribe_link
from keepwell.app.mail.topics import CUSTOMERS
from keepwell.identity.mailed_links.service import PER_EMAIL
from keepwell.identity.model import Workspace
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.ids import Uuid7
from keepwell.platform.mail.links import Subscription
from keepwell.platform.mail.model import NO_SERVER, Body, NewMail
from keepwell.platform.mail.service import Outbox, has_opted_out
from keepwell.platform.runtime import Runtime
from keepwell.platform.values.email_addresses import Mailbox
from keepwell.platform.work.worker import Worker
from tests.app_client import AppClient
from tests.clocks import MovableClock
from tests.integration.credentials import NOW, second_member
from tests.integration.records import client_of, made, problem_code, token_of
from tests.mail_server import Inbox, mail_server, server_at

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("nothing_is_due")]

Client = AppClient
PUBLIC_URL = "https://keepwell.example"


class Office:
    """A workspace's server, the worker beside it, and the inbox of everybody."""

    def __init__(self, client: Client, database: Database, settings: Settings, workspace: Workspace) -> None:
        self.client, self.database, self.settings, self.workspace = client, database, settings, workspace
        self.clock = MovableClock(NOW)
        self.inbox = Inbox()

    @property
    def runtime(self) -> Runtime:
        return Runtime(self.clock, Uuid7(self.clock))

    @property
    def later(self) -> LaterWork:
        provided = self.client.app.dependencies["later"]
        assert isinstance(provided, Provide)
        return cast(LaterWork, provided.dependency().__self__)

    def email(self, name: str) -> str:
        return f"{name}-{self.workspace.slug}@shop.example"

    async def invite(self, name: str, *, email: str | None) -> httpx.Response:
        body = {"name": name, "role": "analyst", "email": email}
        return await self.client.post("/v1/members", json=body)

    async def ask(self, email: str, **headers: str) -> httpx.Response:
        sent = {"Authorization": "", **headers}
        return await self.client.post("/v1/sign-in-links", json={"email": email}, headers=sent)

    async def mails(self) -> list[EmailMessage]:
        """All that was sent, once the server and the worker have nothing left to do."""
        # They run in the loop of the test's client.
        async with asyncio.timeout(10):
            while self.later._tasks:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        await Worker(
            self.database,
            [mail_kind(self.database, self.settings, runtime=self.runtime)],
            clock=self.clock,
            jitter=lambda: 0.0,
        ).round()
        return [each.message for each in self.inbox.received]


def link_in(mail: EmailMessage) -> str:
    """The first link of a mail, as a path."""
    words = mail.get_content().split()
    return str(next(word for word in words if word.startswith(PUBLIC_URL))).removeprefix(PUBLIC_URL)


class PostOffice(NamedTuple):
    """What the tests share, so that they can use one application."""

    inbox: Inbox
    clock: MovableClock
    runtime: Runtime
    settings: Settings


@pytest.fixture(scope="module")
def post_office(shared_settings: Settings) -> Iterator[PostOffice]:
    inbox, clock = Inbox(), MovableClock(NOW)
    with mail_server(inbox) as port:
        settings = msgspec.structs.replace(
            shared_settings, mail_server=server_at(port), public_url=PUBLIC_URL
        )
        yield PostOffice(inbox, clock, Runtime(clock, Uuid7(clock)), settings)


@pytest.fixture
async def office(post_office: PostOffice, database: Database, workspace: Workspace) -> AsyncIterator[Office]:
    inbox, clock, runtime, settings = post_office
    clock.instant = NOW
    inbox.received.clear()
    async with client_of(database, workspace, settings=settings, runtime=runtime) as client:
        opened = Office(client, database, settings, workspace)
        opened.clock, opened.inbox = clock, inbox
        yield opened


async def test_a_member_asks_for_a_link_and_signs_in_after_a_page_that_asks(office: Office) -> None:
    email = office.email("ada")
    assert (await office.invite("Ada", email=None)).status_code == 201
    member = (await office.invite("Ada", email=email)).json()
    office.inbox.received.clear()
    await office.mails()
    office.inbox.received.clear()
    asked = await office.ask(email.upper())
    assert asked.status_code == 202
    (mail,) = await office.mails()
    assert (mail["To"], mail["List-Unsubscribe"]) == (email, None)
    opened = await office.client.get(link_in(mail), headers={"Authorization": ""}, follow_redirects=False)
    # What opens every link of a mail does not use it up.
    assert (opened.status_code, opened.headers["location"]) == (303, "/sign-in/confirm")
    page = await office.client.get("/sign-in/confirm", headers={"Authorization": ""})
    assert "Sign in as <strong>" not in page.text
    assert "Ada" in page.text
    done = await office.client.post("/sign-in/confirm", headers={"Authorization": ""}, follow_redirects=False)
    # Without a password, each sign-in would take another mail.
    assert (done.status_code, done.headers["location"]) == (303, "/set-password")
    session = await office.client.get("/v1/session", headers={"Authorization": ""})
    assert session.json()["member"]["id"] == member["id"]


async def test_a_stranger_gets_the_same_answer_and_no_mail(office: Office) -> None:
    known = office.email("known")
    await office.invite("Known", email=known)
    await office.mails()
    office.inbox.received.clear()
    answers = [await office.ask(each) for each in (known, office.email("stranger"))]
    assert len({(each.status_code, each.content) for each in answers}) == 1
    varying = {"x-request-id", "ratelimit", "date"}
    kept = [{name: value for name, value in each.headers.items() if name not in varying} for each in answers]
    assert kept[0] == kept[1]
    assert [mail["To"] for mail in await office.mails()] == [known]


async def test_the_answer_does_not_wait_for_what_only_a_member_needs(office: Office, conninfo: str) -> None:
    known = office.email("known")
    await office.invite("Known", email=known)
    await office.mails()
    office.inbox.received.clear()
    with psycopg.connect(conninfo) as other:
        # Creating the link waits for this; only a member gets one.
        other.execute("lock table sign_in_links in access exclusive mode")
        async with asyncio.timeout(5):
            assert (await office.ask(known)).status_code == 202
        assert office.later._tasks
        other.rollback()
    assert [mail["To"] for mail in await office.mails()] == [known]


async def test_five_links_in_a_quarter_of_an_hour_whether_or_not_there_is_such_a_member(
    office: Office,
) -> None:
    await office.invite("Known", email=office.email("known"))
    for email in (office.email("known"), office.email("stranger")):
        codes = [(await office.ask(email)).status_code for _ in range(PER_EMAIL.burst + 1)]
        assert codes == [202] * PER_EMAIL.burst + [429]


async def test_another_sites_page_cannot_ask(office: Office) -> None:
    refused = await office.ask(office.email("ada"), **{"Sec-Fetch-Site": "cross-site"})
    assert (refused.status_code, problem_code(refused)) == (403, "cross-site")


async def test_a_removed_member_gets_no_link(office: Office) -> None:
    email = office.email("gone")
    member = (await office.invite("Gone", email=email)).json()
    await office.client.delete(f"/v1/members/{member['id']}", headers={"If-Match": "*"})
    await office.mails()
    office.inbox.received.clear()
    await office.ask(email)
    assert await office.mails() == []


async def test_a_corrected_email_ends_the_links_that_went_to_the_other_one(office: Office) -> None:
    _, owner = await second_member(office.client)
    mistyped = (await office.invite("Ada", email=office.email("adda"))).json()
    change = {"email": office.email("ada")}
    path = f"/v1/members/{mistyped['id']}"
    answer = await office.client.patch(path, json=change, headers={**owner, "If-Match": "*"})
    assert answer.status_code == 200, answer.text
    opened = await office.client.get(mistyped["sign_in_path"], follow_redirects=False)
    assert (opened.status_code, problem_code(opened)) == (401, "sign-in-link-spent")


async def test_an_invitation_is_mailed_and_its_text_is_nobody_elses(office: Office) -> None:
    email = office.email("new")
    invited = (await office.invite("Neu, Ümit", email=email)).json()
    (mail,) = await office.mails()
    assert mail["To"].addresses[0].display_name == "Neu, Ümit"
    assert link_in(mail) == f"{invited['sign_in_path']}&ask=true"
    (listed,) = (await office.client.get("/v1/mail")).json()["items"]
    assert (listed["kind"], listed["status"], listed["recipient_address"]) == ("invitation", "sent", email)
    shown = (await office.client.get(f"/v1/mail/{listed['id']}")).json()
    assert (shown["text"], shown["html"], shown["subject_id"]) == (None, None, invited["id"])


async def test_a_name_that_cannot_be_written_in_a_mail_invites_nobody(office: Office) -> None:
    refused = await office.invite("Ada\r\nBcc: all@shop.example", email=office.email("ada"))
    assert (refused.status_code, problem_code(refused)) == (400, "invalid-data")
    assert "recipient name: has a line feed" in refused.json()["detail"]
    assert len((await office.client.get("/v1/members")).json()["items"]) == 1
    assert (await office.client.get("/v1/mail")).json()["items"] == []


async def test_a_link_that_waited_longer_than_it_is_valid_is_not_sent(office: Office) -> None:
    await office.invite("Late", email=office.email("late"))
    office.clock.move(timedelta(minutes=31))
    assert await office.mails() == []
    (late,) = (await office.client.get("/v1/mail", params={"status": "expired"})).json()["items"]
    refused = await office.client.post(f"/v1/mail/{late['id']}/send-again")
    assert (refused.status_code, problem_code(refused)) == (409, "conflict")


async def test_without_a_mail_server_nothing_is_offered(
    database: Database, settings_of_test: Settings, workspace: Workspace
) -> None:
    clock = MovableClock(NOW)
    runtime = Runtime(clock, Uuid7(clock))
    token = await token_of(database, workspace, runtime=runtime)
    app = create_app(database, settings=settings_of_test, runtime=runtime)
    async with AppClient(app, raise_server_exceptions=False) as client:
        ways = await client.get("/v1/sign-in-ways")
        assert ways.json() == {"password": True, "mail": False, "provider": False}
        refused = await client.post("/v1/sign-in-links", json={"email": "ada@shop.example"})
        assert (refused.status_code, problem_code(refused)) == (409, "conflict")
        client.headers["Authorization"] = f"Bearer {token}"
        body = {"name": "Ada", "role": "analyst", "email": f"ada-{workspace.slug}@shop.example"}
        assert (await client.post("/v1/members", json=body)).status_code == 201
        assert (await client.get("/v1/mail")).json()["items"] == []
    assert NO_SERVER == "not sent: no mail server"


async def test_a_link_leaves_a_list_in_one_click_and_a_get_changes_nothing(office: Office) -> None:
    member = (await office.invite("Ada", email=None)).json()
    subscription = Subscription(office.workspace.id, "digest", UUID(member["id"]))
    link = unsubscribe_link(office.settings, subscription)
    assert link is not None
    path = link.removeprefix(PUBLIC_URL)

    async def has_left() -> bool:
        async with office.database.workspace(office.workspace.id) as connection:
            return await has_opted_out(
                connection, office.workspace.id, topic="digest", subject_id=subscription.subject_id
            )

    page = await office.client.get(path, headers={"Authorization": ""})
    assert "Unsubscribe from the weekly digest?" in page.text
    assert not await has_left()
    # As mail programs send it: no cookie, no Origin, from anywhere.
    one_click = {"Authorization": "", "Sec-Fetch-Site": "cross-site"}
    for _ in range(2):
        done = await office.client.post(path, data={"List-Unsubscribe": "One-Click"}, headers=one_click)
        assert (done.status_code, await has_left()) == (200, True)


@pytest.mark.parametrize(
    "change", [lambda t: t[:-1], lambda t: t[:-2] + "AA", lambda _: "x", lambda t: f"A{t[1:]}"]
)
async def test_a_link_that_we_did_not_sign_leaves_nothing(office: Office, change: object) -> None:
    subscription = Subscription(office.workspace.id, "digest", UUID(int=7))
    link = unsubscribe_link(office.settings, subscription) or ""
    token = change(httpx.URL(link).params["token"])  # type: ignore[operator]
    for send in (office.client.get, office.client.post):
        refused = await send("/unsubscribe", params={"token": token}, headers={"Authorization": ""})
        assert (refused.status_code, problem_code(refused)) == (404, "not-found")


async def contact_of(office: Office) -> dict[str, Any]:
    account = await made(office.client, "/v1/accounts", {"external_id": "A-1", "name": "Arcade"})
    body = {"account_id": account["id"], "name": "Billing", "email": office.email("billing")}
    return await made(office.client, "/v1/contacts", body)


async def mail_to(office: Office, contact: dict[str, Any]) -> None:
    mail = NewMail(
        kind="note",
        recipient=Mailbox(contact["email"]),
        subject="A word",
        body=Body("Hello"),
        subject_id=UUID(contact["id"]),
        topic=CUSTOMERS,
    )
    async with office.database.workspace(office.workspace.id) as connection:
        await Outbox(office.settings, runtime=office.runtime).write(
            connection, mail, workspace_id=office.workspace.id
        )


async def test_an_address_that_takes_no_mail_marks_its_contact_until_it_is_corrected(office: Office) -> None:
    contact = await contact_of(office)
    before = (await office.client.get("/v1/changes")).json()["newest"]
    office.inbox.to_recipient.append("550 5.1.1 no such user")
    await mail_to(office, contact)
    assert await office.mails() == []
    changes = (await office.client.get("/v1/changes", params={"after": before})).json()["items"]
    assert ("contacts", contact["id"]) in [(each["kind"], each["record_id"]) for each in changes]
    path = f"/v1/contacts/{contact['id']}"
    marked = (await office.client.get(path)).json()
    assert (marked["is_undeliverable"], marked["version"]) == (True, contact["version"] + 1)
    (entry, *_) = (await office.client.get("/v1/audit-entries")).json()["items"]
    assert (entry["action"], entry["subject"]) == ("contact.updated", f"contact:{contact['id']}")
    corrected = await office.client.patch(
        path, json={"email": office.email("accounts")}, headers={"If-Match": "*"}
    )
    assert corrected.json()["is_undeliverable"] is False


async def test_a_contact_leaves_in_one_click_and_gets_no_more_mails(office: Office) -> None:
    contact = await contact_of(office)
    await mail_to(office, contact)
    (mail,) = await office.mails()
    path = mail["List-Unsubscribe"].strip("<>").removeprefix(PUBLIC_URL)
    one_click = {"Authorization": "", "Sec-Fetch-Site": "cross-site"}
    for _ in range(2):
        done = await office.client.post(path, data={"List-Unsubscribe": "One-Click"}, headers=one_click)
        assert done.status_code == 200
    left = (await office.client.get(f"/v1/contacts/{contact['id']}")).json()
    assert datetime.fromisoformat(left["unsubscribed_at"]) == NOW
    await mail_to(office, contact)
    assert len(await office.mails()) == 1


async def test_who_leaves_has_left_at_every_account_that_has_the_address(office: Office) -> None:
    contact = await contact_of(office)
    other = await made(office.client, "/v1/accounts", {"external_id": "A-2", "name": "School"})
    same = {"account_id": other["id"], "name": "Billing", "email": contact["email"].upper()}
    twin = await made(office.client, "/v1/contacts", same)
    # A mail to the other contact is due when the first one leaves.
    await mail_to(office, contact)
    (mail,) = await office.mails()
    await mail_to(office, twin)
    path = mail["List-Unsubscribe"].strip("<>").removeprefix(PUBLIC_URL)
    left = await office.client.post(
        path, data={"List-Unsubscribe": "One-Click"}, headers={"Authorization": ""}
    )
    assert left.status_code == 200
    found = (await office.client.get(f"/v1/contacts/{twin['id']}")).json()
    assert datetime.fromisoformat(found["unsubscribed_at"]) == NOW
    assert len(await office.mails()) == 1
