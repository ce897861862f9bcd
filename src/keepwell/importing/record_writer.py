"""Writes the records of an import: converts mapped rows to rows of each entity, in dependency order."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from typing import TypeAlias, TypeVar
from uuid import UUID

import msgspec

from keepwell.importing import upserts
from keepwell.importing.entity_reader import EntityReader
from keepwell.importing.imports import store
from keepwell.importing.imports.entities import Entity
from keepwell.importing.mapping.fields import Fields, RejectedRow
from keepwell.importing.mapping.rows import (
    AccountRow,
    EventRow,
    InvoiceRow,
    PlanRow,
    SubscriptionRow,
    UnreadableRow,
    account_row,
    event_row,
    invoice_row,
    plan_row,
    require_rate,
    spans,
    subscription_row,
)
from keepwell.importing.unreadable import RejectedSubscription, carried_on, marks, rejected_subscription
from keepwell.importing.upserts import Batch
from keepwell.platform.clock import today
from keepwell.platform.database import Connection
from keepwell.platform.progress import Progress
from keepwell.platform.runtime import Runtime
from keepwell.revenue.model import Rates

Record = TypeVar("Record", PlanRow, AccountRow, SubscriptionRow, InvoiceRow)

AccountsOf: TypeAlias = Mapping[str | None, Mapping[str, str]]


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """The workspace and import that records are written under.

    `currency` is the workspace's report currency; `rates` convert others into it.
    """

    workspace_id: UUID
    import_id: UUID
    currency: str
    rates: Rates
    runtime: Runtime
    progress: Progress


async def write_records(connection: Connection, readers: Mapping[str, EntityReader], *, scope: Scope) -> None:
    """Write the rows of every reader except events, and report the outcome to each reader."""
    known = await store.ACCOUNT_IDS.all(connection, workspace_id=scope.workspace_id)
    conversion = _Conversion(scope, accounts={row.external_id for row in known})
    batch = conversion.batch(readers)
    marks = await _marks(connection, batch.subscriptions, conversion.rejected, scope=scope)
    batch = msgspec.structs.replace(batch, unreadable_subscriptions=marks)
    written = await upserts.write(
        connection, batch, import_id=scope.import_id, workspace_id=scope.workspace_id, runtime=scope.runtime
    )
    for entity, counts in written.entities.items():
        if entity in readers:
            readers[entity].wrote(counts)


async def accounts_of(connection: Connection, *, workspace_id: UUID) -> AccountsOf:
    """The account's external id for each id that an event may carry, by the kind of id."""
    accounts = await store.ACCOUNT_IDS.all(connection, workspace_id=workspace_id)
    subscriptions = await store.SUBSCRIPTION_ACCOUNTS.all(connection, workspace_id=workspace_id)
    return {
        None: {row.external_id: row.external_id for row in accounts},
        "subscriptions": {row.subscription: row.account for row in subscriptions},
    }


def journal_events(reader: EntityReader, known: AccountsOf, *, progress: Progress) -> None:
    """Journal the events of `reader`, each under the account it belongs to."""

    def convert(fields: Fields) -> EventRow:
        row = event_row(fields)
        _require_known(row.account, known[row.via], what="subscription" if row.via else "account")
        return msgspec.structs.replace(row, account=known[row.via][row.account], via=None)

    reader.journal_events(convert, progress=progress)


async def _marks(
    connection: Connection,
    rows: Sequence[SubscriptionRow],
    rejected: Sequence[RejectedSubscription],
    *,
    scope: Scope,
) -> list[UnreadableRow]:
    present = await store.UNREADABLE.all(connection, workspace_id=scope.workspace_id, external_ids=None)
    ids = {each.external_id for each in rejected}
    known = await upserts.known(connection, "subscriptions", ids, workspace_id=scope.workspace_id)
    return marks(
        rejected,
        rows,
        present={mark.external_id: mark for mark in present},
        known=known,
        today=today(scope.runtime.clock),
    )


class _Conversion:
    """Turns mapped rows into those of each entity; `accounts` are the external ids of the stored accounts.

    `rejected` are the subscriptions of known accounts that cannot be imported.
    """

    def __init__(self, scope: Scope, *, accounts: set[str]) -> None:
        self.rejected: list[RejectedSubscription] = []
        self._scope = scope
        self._accounts = accounts

    def batch(self, readers: Mapping[str, EntityReader]) -> Batch:
        """The rows of all readers except events."""
        plans = self._rows(readers, "plans", self._plan)
        accounts = self._rows(readers, "accounts", lambda fields: [account_row(fields)])
        self._accounts |= {row.external_id for row in accounts}
        return Batch(
            plans=plans,
            accounts=accounts,
            subscriptions=self._subscriptions(readers.get("subscriptions")),
            invoices=self._rows(readers, "invoices", self._invoice),
        )

    def _rows(
        self,
        readers: Mapping[str, EntityReader],
        entity: Entity,
        convert: Callable[[Fields], Sequence[Record]],
    ) -> Sequence[Record]:
        reader = readers.get(entity)
        return [] if reader is None else reader.unique_rows(convert, progress=self._scope.progress)

    def _plan(self, fields: Fields) -> Sequence[PlanRow]:
        return [plan_row(fields, currency=self._scope.currency)]

    def _subscriptions(self, reader: EntityReader | None) -> Sequence[SubscriptionRow]:
        if reader is None:
            return []
        rows = reader.unique_rows(
            self._subscription, progress=self._scope.progress, refused=self._reject_second
        )
        return carried_on(rows, self.rejected)

    def _subscription(self, fields: Fields) -> Sequence[SubscriptionRow]:
        try:
            return self._readable_subscription(fields)
        except RejectedRow as why:
            found = rejected_subscription(fields, why)
            if found is not None and found.account in self._accounts:
                self.rejected.append(found)
            raise

    def _reject_second(self, first: SubscriptionRow, row: SubscriptionRow, why: RejectedRow) -> None:
        """Treat a second row of an id as following the first, unless both start on the same day."""
        if row.starts_on > first.starts_on:
            self.rejected.append(
                RejectedSubscription(
                    external_id=row.external_id.removesuffix("#trial"),
                    account=row.account,
                    starts_on=row.starts_on,
                    ends_on=row.ends_on,
                    why=why,
                )
            )

    def _readable_subscription(self, fields: Fields) -> Sequence[SubscriptionRow]:
        row = subscription_row(fields, currency=self._scope.currency)
        _require_known(row.account, self._accounts, what="account")
        require_rate(row, self._scope.rates)
        return spans(fields, row)

    def _invoice(self, fields: Fields) -> Sequence[InvoiceRow]:
        row = invoice_row(fields, currency=self._scope.currency)
        _require_known(row.account, self._accounts, what="account")
        return [row]


def _require_known(external_id: str, known: Container[str], *, what: str) -> None:
    if external_id not in known:
        raise RejectedRow("account", f"unknown-{what}", f"no row defines the {what} {external_id!r}.")
