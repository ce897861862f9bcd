"""Erasing a person: nothing of them is left in any table or file, the books keep their sums, and imports leave it so."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import psycopg
import pyarrow.parquet as pq
import pytest
from psycopg import sql

from keepwell.app.erasure import files as erased_files
from keepwell.app.erasure.files import ErasedFiles
from keepwell.app.erasure.service import erase_account
from keepwell.identity import service as identity
from keepwell.identity.audit import service as audit
from keepwell.identity.audit.model import ChainVerification
from keepwell.identity.model import Workspace
from keepwell.importing.erasure.service import erased_accounts
from keepwell.importing.stripe.conversion import read
from keepwell.importing.stripe.event_model import Event
from keepwell.importing.stripe.events.webhook import receive
from keepwell.intake.events.calls import Call
from keepwell.intake.events.group_commit import GroupCommitter
from keepwell.intake.model import HTTP_JOURNAL, Context, DeadLetter, SourcedRow
from keepwell.intake.model import Event as ProductEvent
from keepwell.intake.service import EventJournal
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.database_server import chain_key
from keepwell.platform.errors import Conflict
from keepwell.platform.runtime import system_runtime
from keepwell.platform.trace.tracer import Tracer
from keepwell.platform.work.worker import Worker
from keepwell.records.changes import ChangeContext
from keepwell.records.erasure.model import ErasureItem
from tests.clocks import FixedClock
from tests.integration.records import Client, client_of, made, problem_code
from tests.integration.shops import Shop

pytestmark = pytest.mark.anyio

ANY = {"If-Match": "*"}
NAME, EMAIL, PHONE = "Ingrid Solberg", "ingrid@solberg.example", "+47 22 33 44 55"
CUSTOMER, CARD = "cus_ingrid77", "pm_solberg1"
# What nothing may contain afterwards, in any case and however JSON escapes it.
PERSON = re.compile(
    r"ingrid|solberg|22 33 44 55|cus_ingrid77|pm_solberg1|inga's \\*\"workshop\\*\"", re.IGNORECASE
)
FORMER = 'Inga\'s "workshop"'
NOW = datetime.now(UTC)

MAPPING = """\
version: 1
workspace: {name: Shop, currency: USD}
entities:
  accounts: {file: accounts.csv, fields: {id: account_id, name: name, country: country}}
  payment_methods:
    file: payment_methods.csv
    fields:
      {id: id, account: account_id, brand: brand, last4: last4, exp_month: month, exp_year: year, is_default: is_default}
  subscriptions:
    file: subscriptions.csv
    fields:
      {id: subscription_id, account: account_id, plan: plan, seats: seats, amount: amount, amount_per: per,
       interval: per, currency: currency, starts_on: starts_on, ends_on: ends_on, is_trial: is_trial}
  invoices:
    file: invoices.csv
    fields:
      {id: id, account: account_id, number: number, status: status, total: total, amount_paid: paid, issued_on: day}
  charges:
    file: charges.csv
    fields:
      {id: id, account: account_id, invoice: invoice, status: status, amount: amount, charged_at: at,
       decline_code: decline_code, payment_method: payment_method}
  refunds: {file: refunds.csv, fields: {id: id, charge: charge, amount: amount, refunded_at: at, reason: reason}}
  events:
    file: events.csv
    fields:
      id: event_id
      account: {column: subscription_id, via: subscriptions}
      event: event
      at: at
      properties: [clicks]
"""
FILES = {
    "accounts": ["account_id,name,country", f"{CUSTOMER},{NAME},NO", "A-2,Beta,DE", ",Ingrid Solberg,NO"],
    "payment_methods": [
        "id,account_id,brand,last4,month,year,is_default",
        f"{CARD},{CUSTOMER},visa,4242,8,2030,true",
        "P-2,A-2,visa,1881,9,2031,true",
    ],
    "subscriptions": [
        "subscription_id,account_id,plan,seats,amount,per,currency,starts_on,ends_on,is_trial",
        f"S-1,{CUSTOMER},Pro,3,100,month,USD,2024-01-01,2024-06-01,false",
        f"S-{CUSTOMER},{CUSTOMER},Basic,1,20,month,USD,2024-06-01,,false",
        "S-3,A-2,Basic,1,120,year,USD,2024-02-01,,false",
    ],
    "invoices": [
        "id,account_id,number,status,total,paid,day",
        f"I-1,{CUSTOMER},2024-001,paid,100,100,2024-01-01",
        f"I-{CUSTOMER}-2,{CUSTOMER},2024-002,paid,100,100,2024-02-01",
        "I-3,A-2,2024-003,paid,120,120,2024-02-01",
    ],
    "charges": [
        "id,account_id,invoice,status,amount,at,decline_code,payment_method",
        f"C-1,{CUSTOMER},I-1,succeeded,100,2024-01-01T08:00:00Z,,{CARD}",
        f"C-2,{CUSTOMER},I-{CUSTOMER}-2,failed,100,2024-02-01T08:00:00Z,expired_card,{CARD}",
        f"C-3,{CUSTOMER},I-{CUSTOMER}-2,succeeded,100,2024-02-02T08:00:00Z,,",
        "C-4,A-2,I-3,succeeded,120,2024-02-01T08:00:00Z,,P-2",
    ],
    "refunds": ["id,charge,amount,at,reason", f"R-1,C-3,30,2024-02-03T08:00:00Z,asked by {EMAIL}"],
    "events": [
        "event_id,subscription_id,event,at,clicks",
        "E-1,S-1,login,2024-01-02T08:00:00Z,solberg",
        "E-2,S-3,login,2024-02-03T08:00:00Z,2",
    ],
}


@pytest.fixture
def settings_of_test(settings_of_test: Settings) -> Settings:
    return msgspec.structs.replace(
        settings_of_test, requests_per_minute=1_000_000, allow_private_webhooks=True
    )


@pytest.fixture
async def database(conninfo: str, settings_of_test: Settings) -> AsyncIterator[Database]:
    """With the key of the home, as the product opens it."""
    async with Database.open(conninfo, chain_key=chain_key(settings_of_test)) as opened:
        yield opened


@pytest.fixture
async def client(
    database: Database, workspace: Workspace, settings_of_test: Settings
) -> AsyncIterator[Client]:
    async with client_of(database, workspace, settings=settings_of_test, runtime=system_runtime()) as opened:
        yield opened


@pytest.fixture
def shop(database: Database, workspace: Workspace, settings_of_test: Settings, tmp_path: Path) -> Shop:
    shop = Shop(database, workspace, settings_of_test, folder=tmp_path / "export")
    shop.export = MoneyExport(tmp_path / "export")  # type: ignore[assignment]  # the same calls
    return shop


class MoneyExport:
    """All files of a billing system."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files = {name: list(lines) for name, lines in FILES.items()}
        self.mapping_file = folder / "shop.yaml"

    def write(self) -> Path:
        self.folder.mkdir(exist_ok=True)
        self.mapping_file.write_text(MAPPING, encoding="utf-8")
        for name, lines in self.files.items():
            (self.folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        return self.folder


def tables_with_person(conninfo: str, workspace: Workspace) -> dict[str, int]:
    """How many rows of each table contain the person, read by a superuser."""
    found = {}
    with psycopg.connect(conninfo) as connection:
        tables = connection.execute(
            "select table_name from information_schema.columns where table_schema = 'public'"
            " and column_name = 'workspace_id' order by 1"
        ).fetchall()
        for (table,) in tables:
            statement = sql.SQL("select to_jsonb(t)::text from {} t where workspace_id = %s").format(
                sql.Identifier(table)
            )
            rows = connection.execute(statement, (workspace.id,)).fetchall()
            if hits := sum(bool(PERSON.search(text)) for (text,) in rows):
                found[table] = hits
    return found


def texts_in(folder: Path) -> Iterator[tuple[str, str]]:
    """Every file, Parquet as the text of its rows."""
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            raw = file.read_bytes()
            text = str(pq.read_table(file).to_pylist()) if file.suffix == ".parquet" else ""
            yield file.relative_to(folder).as_posix(), text + raw.decode("utf-8", "replace")


def files_with_person(home: Path) -> set[str]:
    """The kinds of files of the home that contain the person."""
    found = (name for name, text in texts_in(home) if PERSON.search(text))
    return {
        "lake" if name.startswith("lake/") else name.rpartition("/")[2].partition("-")[0] for name in found
    }


def customer_event(kind: str, **shown: Any) -> Event:
    customer = {"object": "customer", "id": CUSTOMER, "name": NAME, "email": EMAIL, "created": 1_704_100_000}
    return read(
        {
            "id": f"evt_{kind}_{len(shown)}",
            "type": kind,
            "created": int(NOW.timestamp()) + len(shown),
            "data": {"object": {**customer, **shown}},
        },
        Event,
    )


class World:
    """A workspace in which the person has left traces everywhere."""

    def __init__(self, shop: Shop, client: Client, conninfo: str) -> None:
        self.shop = shop
        self.client = client
        self.conninfo = conninfo
        self.account_id = ""

    @property
    def workspace(self) -> Workspace:
        return self.shop.workspace

    async def fill(self) -> None:
        await self.shop.import_export()
        url = {"url": "http://127.0.0.1:9/", "events": []}
        await made(self.client, "/v1/webhook-endpoints", url)
        accounts = (await self.client.get("/v1/accounts", params={"q": CUSTOMER})).json()["items"]
        self.account_id = accounts[0]["id"]
        path = f"/v1/accounts/{self.account_id}"
        for name in (FORMER, NAME):
            await self.client.patch(path, json={"name": name}, headers=ANY)
        card = {"account_id": self.account_id, "gateway_reference": f"ref {CARD}", "last4": "4242"}
        key = {"Idempotency-Key": "card"}
        body = {**card, "external_id": f"{CARD}-2"}
        assert (await self.client.post("/v1/payment-methods", json=body, headers=key)).status_code == 201
        await self.add_people()
        await self._mail_a_contact_and_delete_it()
        await self._receive_from_stripe()
        self._take_in()
        await self.shop.import_export()

    async def add_people(self) -> None:
        statements = [
            sql.SQL(
                "insert into contacts (workspace_id, id, external_id, account_id, name, email, phone)"
                " select workspace_id, gen_random_uuid(), 'K-1', id, {}, {}, {} from accounts where external_id = {}"
            ).format(NAME, EMAIL, PHONE, CUSTOMER),
            sql.SQL(
                "insert into account_signals (workspace_id, id, account_id, kind, value, observed_at, known_at)"
                " select workspace_id, gen_random_uuid(), id, 'site', to_jsonb({}::text), now(), now() from accounts"
                " where external_id = {}"
            ).format("https://solberg.example", CUSTOMER),
            sql.SQL(
                "insert into mails (workspace_id, id, kind, message_id, recipient_address, subject, text, status,"
                " created_at, expires_at) values (app_workspace(), gen_random_uuid(), 'reminder', 'm', {}, 's', 't',"
                " 'kept', now(), now())"
            ).format(EMAIL),
            sql.SQL(
                "insert into due_work (workspace_id, kind, subject_id, due_at, last_error)"
                " values (app_workspace(), 'test.kind', gen_random_uuid(), 'infinity', {})"
            ).format(f"no route to {EMAIL}"),
            sql.SQL(
                "insert into unreadable_subscriptions (workspace_id, id, external_id, account_id, since, until, field, code,"
                " reason) select workspace_id, gen_random_uuid(), {0}, id, '2024-01-01', '2024-01-02', 'amount', 'c', {1}"
                " from accounts where external_id = {0}"
            ).format(CUSTOMER, f"{NAME!r} is not a number."),
            sql.SQL("update imports set error = {}").format(f"The account {CUSTOMER} is not known."),
        ]
        for statement in statements:
            await self.shop.execute(statement)  # type: ignore[arg-type]  # composed

    async def _mail_a_contact_and_delete_it(self) -> None:
        contact = {"account_id": self.account_id, "name": "Desk", "email": "desk@solberg.example"}
        created = await made(self.client, "/v1/contacts", contact)
        path = f"/v1/contacts/{created['id']}"
        assert (await self.client.delete(path, headers=ANY)).status_code == 204
        await self.shop.execute(
            sql.SQL(  # type: ignore[arg-type]  # composed
                "insert into mails (workspace_id, id, kind, message_id, subject_id, recipient_address, subject, text,"
                " status, created_at, expires_at) values (app_workspace(), gen_random_uuid(), 'reminder', 'm', {}, {},"
                " 's', 't', 'sent', now(), now())"
            ).format(created["id"], contact["email"])
        )

    async def _receive_from_stripe(self) -> None:
        invoice = {"object": "invoice", "id": "in_9", "customer": CUSTOMER, "customer_email": EMAIL}
        billed = {"status": "open", "total": 0, "currency": "usd", "created": 1_704_100_000}
        discount = {
            "discount": {"id": "di_1", "customer": CUSTOMER, "coupon": {"id": "c", "percent_off": 10}}
        }
        events = [
            customer_event("customer.updated", default_source="card_solberg", **discount),
            customer_event("customer.discount.created", object="discount", customer=CUSTOMER),
            customer_event("invoice.created", **{**invoice, **billed}),
        ]
        async with self.shop.database.workspace(self.workspace.id) as connection:
            for event in events:
                await receive(
                    connection,
                    event,
                    workspace_id=self.workspace.id,
                    runtime=system_runtime(),
                    bus=self.shop.work.bus,
                )

    def _take_in(self) -> None:
        """What the product sends over HTTP, and what it sends in vain."""
        root = self.shop.settings.intake(self.workspace.id) / HTTP_JOURNAL
        with EventJournal.open(root, clock=FixedClock(NOW)) as journal:
            journal.append(
                SourcedRow(
                    "http",
                    0,
                    ProductEvent(
                        message_id=f"M-{number}",
                        event="login",
                        timestamp=NOW,
                        context=Context(group_id=account),
                        properties={"email": EMAIL if account == CUSTOMER else "x"},
                    ),
                )
                for number, account in enumerate((CUSTOMER, "A-2"))
            )
            rows = [json.dumps({"traits": {"email": EMAIL}}), f"broken, {PHONE}", '{"other": "row"}']
            journal.reject(
                DeadLetter(source="http", line=None, code="schema", reason="no", row=row, received_at=NOW)
                for row in rows
            )
            journal.seal()

    def left(self) -> tuple[dict[str, int], set[str]]:
        return (
            tables_with_person(self.conninfo, self.workspace),
            files_with_person(self.shop.settings.home),
        )

    async def erase(self) -> dict[str, Any]:
        answer = await self.client.post(f"/v1/accounts/{self.account_id}/erasure", headers=ANY)
        assert answer.status_code == 200, answer.text
        document: dict[str, Any] = answer.json()
        return document

    async def erase_files(self) -> None:
        """By the worker, beside a server that takes events in and so holds the inlet."""
        settings, runtime = self.shop.settings, system_runtime()
        committer = GroupCommitter(settings.intake(self.workspace.id) / HTTP_JOURNAL, clock=runtime.clock)
        call = {"type": "track", "messageId": "M-9", "userId": "A-2", "event": "export"}
        await committer.accept([Call(json.dumps({**call, "timestamp": NOW.isoformat()}).encode())])
        kinds = erased_files.kinds(ErasedFiles(settings, runtime), self.shop.database)
        worker = Worker(self.shop.database, kinds, clock=runtime.clock, tracer=Tracer())
        await worker.round()
        await committer.close()

    async def verified(self) -> ChainVerification:
        async with self.shop.database.workspace(self.workspace.id) as connection:
            return await audit.verify(connection, self.workspace.id)

    async def books(self) -> dict[str, Any]:
        """Every figure of revenue, and the sums of all money on record."""
        paths = [
            *(f"/v1/metrics/mrr?on={day}" for day in ("2024-01-15", "2024-03-01", "2024-07-01")),
            "/v1/movements?limit=200&fields=on,kind,amount,mrr_change,account_id",
        ]
        figures: dict[str, Any] = {}
        for path in paths:
            answer = await self.client.get(path)
            figures[path] = (answer.status_code, answer.json())
        for table, amount in [
            ("invoices", "total"),
            ("invoices", "amount_paid"),
            ("charges", "amount"),
            ("refunds", "amount"),
            ("subscriptions", "annual_amount"),
            ("movement_facts", "annual_amount"),
            ("movement_rollups", "annual_amount"),
            ("account_standings", "annual_amount"),
        ]:
            with psycopg.connect(self.conninfo) as connection:
                statement = sql.SQL(
                    "select count(*), sum({0}), array_agg({0} order by {0}) from {1} where workspace_id = %s"
                ).format(sql.Identifier(amount), sql.Identifier(table))
                figures[f"{table}.{amount}"] = connection.execute(statement, (self.workspace.id,)).fetchone()
        figures["mrr of a day"] = await self.shop.mrr(date(2024, 3, 1))
        return figures


@pytest.fixture
async def world(shop: Shop, client: Client, conninfo: str) -> World:
    made_world = World(shop, client, conninfo)
    await made_world.fill()
    return made_world


async def test_an_erasure_leaves_nothing_of_the_person_and_keeps_the_books(world: World) -> None:
    tables, files = world.left()
    planted = {"accounts", "contacts", "payment_methods", "subscriptions", "invoices", "charges", "refunds"}
    planted |= {"import_changes", "imports", "audit_entries", "webhook_messages", "mails", "account_signals"}
    planted |= {"stripe_objects", "stripe_events", "stripe_discounts", "unreadable_subscriptions", "due_work"}
    assert (set(tables), files) == (planted, {"ok", "dlq", "lake"})
    before, entries = await world.books(), await world.verified()
    erasure = await world.erase()
    assert (erasure["files"], world.left()[0]) == ("due", {})
    await world.erase_files()
    assert world.left() == ({}, set())
    assert await world.books() == before
    after = await world.verified()
    assert (after.findings, after.redacted > 0, after.entries) == ([], True, entries.entries + 1)
    done = (await world.client.get(f"/v1/accounts/{world.account_id}/erasure")).json()
    assert (done["files"], done["last_error"]) == ("done", None)
    shown = (await world.client.get(f"/v1/accounts/{world.account_id}")).json()
    assert (shown["name"], shown["external_id"]) == ("Erased account", f"erased-{world.account_id}")
    assert [code for _, _, code, _ in world.shop.dead_letters()] == ["erased"]
    await _require_not_resurrected(world, before)


async def _require_not_resurrected(world: World, before: dict[str, Any]) -> None:
    """The same export and the same events of Stripe, once more."""
    summary = await world.shop.import_export()
    skipped = {name: counts.skipped for name, counts in summary.entities.items()}
    assert skipped == {
        "accounts": 1,
        "payment_methods": 1,
        "subscriptions": 2,
        "invoices": 2,
        "charges": 3,
        "refunds": 1,
        "events": 1,
    }
    assert "accounts: rows of erased persons were skipped: 1 (accounts.csv:2)" in summary.assumptions
    async with world.shop.database.workspace(world.workspace.id) as connection:
        for event in (
            customer_event("customer.updated", phone=PHONE, address=None, balance=0),
            customer_event("customer.discount.created", object="discount", customer=CUSTOMER, phone=PHONE),
        ):
            result = await receive(
                connection,
                event,
                workspace_id=world.workspace.id,
                runtime=system_runtime(),
                bus=world.shop.work.bus,
            )
            assert result.status == "ignored"
    assert world.left() == ({}, set())
    assert await world.books() == before
    answer = await world.client.post("/v1/accounts", json={"external_id": CUSTOMER, "name": NAME})
    assert (answer.status_code, problem_code(answer)) == (409, "erased-account")


async def test_files_that_another_process_writes_stay_due_with_the_reason(world: World) -> None:
    await world.erase()
    root = world.shop.settings.intake(world.workspace.id) / HTTP_JOURNAL
    files = ErasedFiles(world.shop.settings, system_runtime(), patience=0.1)
    with EventJournal.open(root, clock=FixedClock(NOW)), pytest.raises(Conflict):
        await files.erase_due(world.shop.database, world.workspace.id)
    path = f"/v1/accounts/{world.account_id}/erasure"
    waiting = (await world.client.get(path)).json()
    assert (waiting["files"], "Another process" in waiting["last_error"]) == ("due", True)
    await world.erase_files()
    assert (await world.client.get(path)).json()["files"] == "done"


async def test_files_of_an_erasure_before_the_secret_was_replaced_are_listed_as_failing_until_it_is_back(
    world: World,
) -> None:
    await world.erase()
    secret = world.shop.settings.secret_file
    own = secret.read_bytes()
    secret.write_bytes(bytes(len(own)))
    await world.erase_files()
    (failing,) = (await world.client.get("/v1/work?status=failing&kind=erasure.files")).json()["items"]
    assert (failing["id"], failing["attempts"]) == (world.account_id, 1)
    assert "encrypted with another secret.key. Put back" in failing["last_error"]
    secret.write_bytes(own)
    await ErasedFiles(world.shop.settings, system_runtime()).erase_due(
        world.shop.database, world.workspace.id
    )
    answer = await world.client.get(f"/v1/accounts/{world.account_id}/erasure")
    assert answer.json()["files"] == "done"


async def test_a_person_is_erased_once_and_a_retry_has_no_second_effect(world: World) -> None:
    await world.erase()
    again = await world.client.post(f"/v1/accounts/{world.account_id}/erasure", headers=ANY)
    assert (again.status_code, problem_code(again)) == (409, "already-erased")
    body = {"account_id": world.account_id, "external_id": f"{CARD}-2", "last4": "4242"}
    retried = await world.client.post(
        "/v1/payment-methods",
        json={**body, "gateway_reference": f"ref {CARD}"},
        headers={"Idempotency-Key": "card"},
    )
    assert (retried.status_code, problem_code(retried)) == (409, "idempotency-key-reused")


async def test_nothing_of_a_person_is_added_to_an_erased_account(world: World) -> None:
    """A form that was open meanwhile would bring the person back, and nobody is erased twice."""
    await world.erase()
    account = {"account_id": world.account_id, "external_id": "late"}
    answers = [
        await world.client.patch(f"/v1/accounts/{world.account_id}", json={"name": NAME}, headers=ANY),
        await world.client.post("/v1/contacts", json={**account, "name": NAME, "email": EMAIL}),
        await world.client.post("/v1/payment-methods", json={**account, "gateway_reference": CARD}),
    ]
    assert [(each.status_code, problem_code(each)) for each in answers] == 3 * [(409, "erased-account")]
    assert world.left()[0] == {}


async def test_contents_of_the_audit_log_can_only_be_removed_with_the_homes_secret(world: World) -> None:
    await world.erase()
    with psycopg.connect(world.conninfo) as superuser:
        superuser.execute(
            "update audit_entries set before = null, after = null, redacted_hash = sha256('guess')"
            " where workspace_id = %s and action = 'account.erased'",
            (world.workspace.id,),
        )
    assert [finding for finding in (await world.verified()).findings if "account.erased" in finding]


async def test_the_app_can_remove_contents_of_the_audit_log_and_not_change_them(world: World) -> None:
    async with world.shop.database.workspace(world.workspace.id) as connection:
        for change in ("after = '{}'", "before = null", "action = 'x'"):
            with pytest.raises(psycopg.Error):
                async with connection.transaction():
                    await connection.execute(f"update audit_entries set {change}")  # noqa: S608  constants


async def test_the_import_of_an_erased_person_is_no_longer_undone(world: World) -> None:
    first = (await world.shop.imports())[-1]
    before = await world.books()
    await world.erase()
    with pytest.raises(Exception, match="depends on plans 'Basic'"):
        await world.shop.undo(first.id)
    assert await world.books() == before


async def test_an_erasure_reaches_the_log_of_an_import_that_was_undone_and_repeated(
    shop: Shop, client: Client, conninfo: str
) -> None:
    """The repeated import gave the account and its records other ids."""
    world = World(shop, client, conninfo)
    await shop.import_export()
    await shop.undo((await shop.imports())[0].id)
    await shop.import_export()
    await world.add_people()
    found = (await client.get("/v1/accounts", params={"q": CUSTOMER})).json()["items"]
    world.account_id = found[0]["id"]
    await world.erase()
    assert world.left()[0] == {}


async def test_an_erasure_waits_for_an_import_that_has_begun(world: World) -> None:
    """Otherwise the import, which does not know yet whom to skip, would add the person once more."""

    async def erase() -> ErasureItem:
        async with world.shop.database.workspace(world.workspace.id) as connection:
            actor = await identity.operator(connection, world.workspace.id)
            context = ChangeContext(
                connection=connection, actor=actor, runtime=system_runtime(), bus=world.shop.work.bus
            )
            files = ErasedFiles(world.shop.settings, system_runtime())
            return await erase_account(context, UUID(world.account_id), version=None, files=files)

    async with world.shop.database.workspace(world.workspace.id) as connection:
        await erased_accounts(connection, workspace_id=world.workspace.id)
        erasing = asyncio.create_task(erase())
        done, _ = await asyncio.wait([erasing], timeout=0.3)
        assert not done
    assert (await erasing).files == "due"


# Names of fields, and values, in audit entries, reports of imports, mails, objects of Stripe and dead letters.
WORDS = ["role", "imported", "your", "coupon", "customer", "other", "login"]
OTHERS = """
select kind, id, text from (
  select workspace_id, 'audit' as kind, id::text, coalesce(before, '') || coalesce(after, '') as text from audit_entries
  where action <> 'account.erased' and split_part(subject, ':', 2) <> all(%(erased)s)
  union all select workspace_id, 'imports', id::text, summary::text from imports
  union all select workspace_id, 'mails', id::text, status from mails
  union all select workspace_id, 'discounts', customer_id, body::text from stripe_discounts
  union all select workspace_id, 'stripe_events', id, body::text from stripe_events
  union all select workspace_id, 'messages', id::text, body from webhook_messages
  where event not in ('account.created', 'account.erased')
) found where workspace_id = %(workspace_id)s order by 1, 2
"""


async def test_a_customer_who_is_called_as_our_fields_takes_nothing_of_others_along(world: World) -> None:
    """Anybody may choose such a name, and an admin may rename an account to empty the audit log."""
    dead_letters = world.shop.dead_letters()
    accounts = []
    for number, name in enumerate(WORDS):
        body = {"external_id": f"word-{number}", "name": name}
        accounts.append(await made(world.client, "/v1/accounts", body))
    erased = {"erased": [each["id"] for each in accounts], "workspace_id": world.workspace.id}
    with psycopg.connect(world.conninfo) as superuser:
        superuser.execute("update stripe_events set problem = 'p', body = '{\"customer\": \"cus_2\"}'")
        before = superuser.execute(OTHERS, erased).fetchall()
    for each in accounts:
        answer = await world.client.post(f"/v1/accounts/{each['id']}/erasure", headers=ANY)
        assert answer.status_code == 200
    files = ErasedFiles(world.shop.settings, system_runtime())
    await files.erase_due(world.shop.database, world.workspace.id)
    with psycopg.connect(world.conninfo) as superuser:
        assert superuser.execute(OTHERS, erased).fetchall() == before
    assert {kind for kind, _, _ in before} == {
        "audit",
        "imports",
        "mails",
        "discounts",
        "stripe_events",
        "messages",
    }
    assert world.shop.dead_letters() == dead_letters


async def test_an_account_with_very_many_contacts_is_erased(world: World) -> None:
    """Postgres refuses one expression with all of their texts."""
    with psycopg.connect(world.conninfo) as superuser:
        superuser.execute(
            "insert into contacts (workspace_id, id, external_id, account_id, name, email)"
            " select a.workspace_id, gen_random_uuid(), 'K' || n, a.id, 'Desk',"
            " n || repeat('.a', 100) || '@' || repeat('b', 60) || '.example'"
            " from accounts a, generate_series(1, 400) n where a.id = %s",
            (world.account_id,),
        )
    await world.erase()
    assert world.left()[0] == {}
