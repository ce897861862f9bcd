"""Writes the records of an import: converts mapped rows to rows of each entity, in dependency order."""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Mapping, Sequence
from datetime import date
from typing import TypeAlias, TypeVar
from uuid import UUID

import msgspec

from keepwell.importing import store
from keepwell.importing.entity_reader import EntityReader
from keepwell.importing.mapping.fields import Fields
from keepwell.importing.mapping.rows import (
    EventRow,
    account_row,
    event_row,
    invoice_row,
    plan_row,
    split_trial,
    subscription_row,
)
from keepwell.importing.unreadable import (
    RejectedSubscription,
    marks,
    rejected_subscription,
    still_open_marks,
    with_accounts,
    with_continued_rows,
)
from keepwell.importing.upserts import service as upserts
from keepwell.importing.upserts.entities import Entity
from keepwell.importing.upserts.rejection import RejectedRow, require_rate
from keepwell.importing.upserts.rows import AccountRow, InvoiceRow, PlanRow, SubscriptionRow
from keepwell.importing.upserts.service import UpsertBatch
from keepwell.platform.bus import Bus
from keepwell.platform.clock import today
from keepwell.platform.database import Connection
from keepwell.platform.progress import Progress
from keepwell.platform.runtime import Runtime
from keepwell.revenue.model import Rates

Record = TypeVar("Record", PlanRow, AccountRow, SubscriptionRow, InvoiceRow)

AccountsOf: TypeAlias = Mapping[str | None, Mapping[str, str]]


class ImportScope(msgspec.Struct, frozen=True, kw_only=True):
    """The workspace and import that records are written under.

    `mapping` is the name of the mapping file. `currency` is the workspace's report currency; `rates` convert others
    into it.
    """

    workspace_id: UUID
    import_id: UUID
    mapping: str
    currency: str
    rates: Rates
    runtime: Runtime
    bus: Bus
    progress: Progress


async def write_records(
    connection: Connection, readers: Mapping[str, EntityReader], *, scope: ImportScope
) -> None:
    """Write the rows of every reader except events, and report the outcome to each reader."""
    await _skip_what_the_api_knows(connection, readers, scope=scope)
    known = await store.ACCOUNT_IDS.all(connection, workspace_id=scope.workspace_id)
    past_due = await store.PAST_DUE.all(connection, workspace_id=scope.workspace_id)
    conversion = _Conversion(
        scope,
        accounts={row.external_id for row in known},
        past_due={row.external_id: row.since for row in past_due},
    )
    batch = conversion.batch(readers)
    if "subscriptions" in readers:
        ids_in_file = {row.external_id for row in batch.subscriptions}
        ids_in_file |= {each.external_id for each in conversion.rejected}
        await _report_missing(connection, ids_in_file, reader=readers["subscriptions"], scope=scope)
        rejected = await _with_accounts(
            connection, conversion, rows=batch.subscriptions, reader=readers["subscriptions"], scope=scope
        )
        batch = await _with_continued_rows(
            connection, batch, rejected, reader=readers["subscriptions"], scope=scope
        )
    written = await upserts.write(
        connection,
        batch,
        import_id=scope.import_id,
        workspace_id=scope.workspace_id,
        runtime=scope.runtime,
        bus=scope.bus,
    )
    for entity, counts in written.entities.items():
        if entity in readers:
            readers[entity].wrote(counts)
    for refused in written.refused:
        if refused.entity in readers:
            readers[refused.entity].reject_unwritable(refused.row.external_id, refused.why)


async def _skip_what_the_api_knows(
    connection: Connection, readers: Mapping[str, EntityReader], *, scope: ImportScope
) -> None:
    """Leave records of Stripe's API as they are: an export shows the present state only, of an earlier day."""
    found = await store.IDS_FROM_API.all(connection, workspace_id=scope.workspace_id)
    for entity, reader in readers.items():
        reader.ids_from_api = frozenset(row.external_id for row in found if row.entity == entity)


async def _report_missing(
    connection: Connection, ids_in_file: Collection[str], *, reader: EntityReader, scope: ImportScope
) -> None:
    """Report the running subscriptions that earlier exports had and this one lacks; they stay as they are."""
    missing = await store.COUNT_MISSING.one(
        connection,
        workspace_id=scope.workspace_id,
        mapping=scope.mapping,
        on=today(scope.runtime.clock),
        external_ids=[*ids_in_file, *reader.ids_from_api],
    )
    if missing.rows:
        reader.assumptions.append(
            f"subscriptions of earlier imports that this file lacks: {missing.rows}; they continue, because a missing "
            "row says nothing about an end"
        )


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


async def _with_accounts(
    connection: Connection,
    conversion: _Conversion,
    *,
    rows: Sequence[SubscriptionRow],
    reader: EntityReader,
    scope: ImportScope,
) -> list[RejectedSubscription]:
    """The rejected rows whose account is known; the report of the import counts the others."""
    if not conversion.rejected:
        return []
    stored = await store.SUBSCRIPTION_ACCOUNTS.all(connection, workspace_id=scope.workspace_id)
    owners = {each.subscription: each.account for each in stored}
    owners |= {row.external_id: row.account for row in rows}
    rejected = with_accounts(conversion.rejected, accounts=conversion.accounts, owners=owners)
    if lost := len(conversion.rejected) - len(rejected):
        reader.assumptions.append(
            f"lines without a known account: {lost}; a churn of this import may be a change of plan"
        )
    return rejected


async def _with_continued_rows(
    connection: Connection,
    batch: UpsertBatch,
    rejected: Sequence[RejectedSubscription],
    *,
    reader: EntityReader,
    scope: ImportScope,
) -> UpsertBatch:
    """`batch` with the marks of unreadable rows, and with the paid rows that they continue."""
    rows, workspace_id = batch.subscriptions, scope.workspace_id
    present = await store.UNREADABLE.all(connection, workspace_id=workspace_id, external_ids=None)
    still_open = still_open_marks(present, rows, rejected)
    accounts = sorted({each.account for each in rejected} | {mark.account for mark in still_open})
    found = await store.SUBSCRIPTIONS_OF_ACCOUNTS.all(
        connection, workspace_id=workspace_id, accounts=accounts
    )
    # What Stripe's API says about an end is certain.
    stored = [each.as_subscription_row() for each in found if each.stripe_id not in reader.ids_from_api]
    longer = with_continued_rows(rows, rejected, open_marks=still_open, stored=stored)
    reader.counts.derived += len(longer) - len(rows)
    written = marks(
        rejected,
        present={mark.external_id: mark for mark in present},
        open_marks=still_open,
        known={row.external_id for row in stored},
        today=today(scope.runtime.clock),
    )
    return msgspec.structs.replace(batch, subscriptions=longer, unreadable_subscriptions=written)


class _Conversion:
    """Turns mapped rows into those of each entity; `accounts` are the external ids of the stored accounts.

    `past_due` has the day since which each stored subscription that is past due is so; it stays that day. `rejected` are the subscriptions that cannot be imported.
    """

    def __init__(self, scope: ImportScope, *, accounts: set[str], past_due: Mapping[str, date]) -> None:
        self.rejected: list[RejectedSubscription] = []
        self.accounts = accounts
        self._scope = scope
        self._past_due = past_due
        self._today = today(scope.runtime.clock)

    def batch(self, readers: Mapping[str, EntityReader]) -> UpsertBatch:
        """The rows of all readers except events."""
        plans = self._rows(readers, "plans", self._plan)
        accounts = self._rows(readers, "accounts", lambda fields: [account_row(fields)])
        self.accounts |= {row.external_id for row in accounts}
        return UpsertBatch(
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

        def note(fields: Fields, why: RejectedRow) -> None:
            row = rejected_subscription(fields, why)
            if row.external_id not in reader.ids_from_api:
                self.rejected.append(row)

        return reader.unique_rows(
            self._subscription,
            progress=self._scope.progress,
            on_rejected=note,
            on_duplicate=self._reject_second,
        )

    def _reject_second(self, first: SubscriptionRow, row: SubscriptionRow, why: RejectedRow) -> None:
        """Treat a second row of an id as following the first, unless it neither starts nor ends later."""
        is_later = row.starts_on > first.starts_on
        starts_on = row.starts_on if is_later else first.ends_on
        if is_later or (starts_on is not None and (row.ends_on is None or row.ends_on > starts_on)):
            self.rejected.append(
                RejectedSubscription(
                    external_id=row.external_id.removesuffix("#trial"),
                    account=row.account,
                    starts_on=starts_on,
                    ends_on=row.ends_on,
                    why=why,
                )
            )

    def _subscription(self, fields: Fields) -> Sequence[SubscriptionRow]:
        row = subscription_row(fields, currency=self._scope.currency, past_due_since=self._today)
        if row.past_due_since is not None:
            first = min(row.past_due_since, self._past_due.get(row.external_id, self._today))
            row = msgspec.structs.replace(row, past_due_since=first)
        _require_known(row.account, self.accounts, what="account")
        require_rate(row, self._scope.rates)
        return split_trial(fields, row)

    def _invoice(self, fields: Fields) -> Sequence[InvoiceRow]:
        row = invoice_row(fields, currency=self._scope.currency)
        _require_known(row.account, self.accounts, what="account")
        return [row]


def _require_known(external_id: str, known: Container[str], *, what: str) -> None:
    if external_id not in known:
        raise RejectedRow("account", f"unknown-{what}", f"no row defines the {what} {external_id!r}.")
