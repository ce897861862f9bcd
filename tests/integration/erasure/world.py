"""A workspace in which the person has left traces in every table and every file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

import psycopg
from psycopg import sql

from keepwell.app.erasure import files as erased_files
from keepwell.app.erasure.files import ErasedFiles
from keepwell.identity.audit import service as audit
from keepwell.identity.audit.model import ChainVerification
from keepwell.identity.model import Workspace
from keepwell.importing.stripe.event_model import Event
from keepwell.importing.stripe.events.webhook import receive
from keepwell.intake.events.calls import Call
from keepwell.intake.events.group_commit import GroupCommitter
from keepwell.intake.model import HTTP_JOURNAL, Context, DeadLetter, SourcedRow
from keepwell.intake.model import Event as ProductEvent
from keepwell.intake.service import EventJournal
from keepwell.platform.runtime import system_runtime
from keepwell.platform.trace.tracer import Tracer
from keepwell.platform.work.worker import Worker
from tests.clocks import FixedClock
from tests.integration.erasure.person import (
    ANY,
    CARD,
    CUSTOMER,
    EMAIL,
    FORMER,
    NAME,
    NOW,
    PHONE,
    customer_event,
    files_with_person,
    tables_with_person,
)
from tests.integration.records import Client, made
from tests.integration.shops import Shop


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
            *(
                sql.SQL(
                    "insert into {0} (workspace_id, account_id, website, url, state, read_at)"
                    " select workspace_id, id, {1}, {1}, 'alive', now() from accounts where external_id = {2}"
                ).format(sql.Identifier(table), "https://solberg.example", CUSTOMER)
                for table in ("account_websites", "named_websites")
            ),
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
            sql.SQL(
                "insert into save_cases (workspace_id, id, external_id, account_id, opened_on, horizon_ends_on, arm, reasons)"
                " select workspace_id, id, {0}, id, '2024-02-01', '2024-03-02', 'hold', to_jsonb({1}::text) from accounts"
                " where external_id = {2}"
            ).format(f"fu-{CUSTOMER}", NAME, CUSTOMER),
            sql.SQL(
                "insert into save_case_contacts (workspace_id, id, external_id, case_id, account_id, contacted_at, channel,"
                " note, crossover_reason) select workspace_id, id, external_id, id, account_id, '2024-02-03', 'phone', {0}, {0}"
                " from save_cases where external_id = {1}"
            ).format(f"Spoke with {NAME}.", f"fu-{CUSTOMER}"),
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
        await self.receive(events)

    async def receive(self, events: Sequence[Event]) -> list[str]:
        """The status of each event of Stripe."""
        async with self.shop.database.workspace(self.workspace.id) as connection:
            received = [
                await receive(
                    connection,
                    event,
                    workspace_id=self.workspace.id,
                    runtime=system_runtime(),
                    bus=self.shop.work.bus,
                )
                for event in events
            ]
        return [each.status for each in received]

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
