"""The rows of a subscriptions file: paid periods and trials, and marks on accounts for those that cannot be read."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

import msgspec

from keepwell.importing import store
from keepwell.importing.entities.mapped import RecordReading, require_known
from keepwell.importing.entity_reader import EntityReader
from keepwell.importing.mapping import entity_fields
from keepwell.importing.mapping.fields import Fields
from keepwell.importing.mapping.rows import split_trial, subscription_row
from keepwell.importing.unreadable import (
    RejectedSubscription,
    marks,
    rejected_subscription,
    still_open_marks,
    with_accounts,
    with_continued_rows,
)
from keepwell.importing.upserts.entities import ACCOUNTS, SUBSCRIPTIONS, UNREADABLE_SUBSCRIPTIONS
from keepwell.importing.upserts.rejection import RejectedRow, require_rate
from keepwell.importing.upserts.rows import SubscriptionRow
from keepwell.importing.upserts.service import Batch
from keepwell.platform.clock import today


class SubscriptionEntity:
    """Subscriptions: a row may become several records, and one that cannot be read marks its account."""

    entity = SUBSCRIPTIONS
    fields = entity_fields.SUBSCRIPTIONS

    async def read(self, reader: EntityReader, reading: RecordReading) -> Batch:
        """The subscriptions and the marks to write."""
        past_due = await store.PAST_DUE.all(reading.connection, workspace_id=reading.scope.workspace_id)
        file = _SubscriptionFile(
            reader,
            reading,
            accounts=await reading.known(ACCOUNTS),
            past_due={row.external_id: row.since for row in past_due},
        )
        return await file.batch()


class _SubscriptionFile:
    """One file; `accounts` are the known ones.

    `past_due` has the day since which each stored subscription that is past due is so; it stays that day. `rejected` are
    the subscriptions that cannot be imported.
    """

    def __init__(
        self,
        reader: EntityReader,
        reading: RecordReading,
        *,
        accounts: Collection[str],
        past_due: Mapping[str, date],
    ) -> None:
        self.rejected: list[RejectedSubscription] = []
        self._reader = reader
        self._connection = reading.connection
        self._scope = reading.scope
        self._accounts = accounts
        self._past_due = past_due
        self._today = today(reading.scope.runtime.clock)

    async def batch(self) -> Batch:
        """The rows of the file, with those that they continue, and the marks."""
        rows = self._reader.unique_rows(
            self._subscription,
            progress=self._scope.progress,
            on_rejected=self._note_rejected,
            on_duplicate=self._reject_second,
        )
        await self._report_missing({row.external_id for row in rows})
        return await self._with_continued_rows(rows, await self._with_accounts(rows))

    def _subscription(self, fields: Fields) -> Sequence[SubscriptionRow]:
        row = subscription_row(fields, currency=self._scope.currency, past_due_since=self._today)
        if row.past_due_since is not None:
            first = min(row.past_due_since, self._past_due.get(row.external_id, self._today))
            row = msgspec.structs.replace(row, past_due_since=first)
        require_known(row.account, self._accounts, entity=ACCOUNTS, field="account")
        require_rate(row, self._scope.rates)
        return split_trial(fields, row)

    def _note_rejected(self, fields: Fields, why: RejectedRow) -> None:
        row = rejected_subscription(fields, why)
        if row.external_id not in self._reader.ids_from_api:
            self.rejected.append(row)

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

    async def _report_missing(self, read: Collection[str]) -> None:
        """Report the running subscriptions that earlier exports had and this one lacks; they stay as they are."""
        rejected = [each.external_id for each in self.rejected]
        missing = await store.COUNT_MISSING.one(
            self._connection,
            workspace_id=self._scope.workspace_id,
            mapping=self._scope.mapping,
            on=self._today,
            external_ids=[*read, *rejected, *self._reader.ids_from_api],
        )
        if missing.rows:
            self._reader.assumptions.append(
                f"subscriptions of earlier imports that this file lacks: {missing.rows}; they continue, because a "
                "missing row says nothing about an end"
            )

    async def _with_accounts(self, rows: Sequence[SubscriptionRow]) -> list[RejectedSubscription]:
        """The rejected rows whose account is known; the report of the import counts the others."""
        if not self.rejected:
            return []
        stored = await store.SUBSCRIPTION_ACCOUNTS.all(
            self._connection, workspace_id=self._scope.workspace_id
        )
        owners = {each.subscription: each.account for each in stored}
        owners |= {row.external_id: row.account for row in rows}
        rejected = with_accounts(self.rejected, accounts=self._accounts, owners=owners)
        if lost := len(self.rejected) - len(rejected):
            self._reader.assumptions.append(
                f"lines without a known account: {lost}; a churn of this import may be a change of plan"
            )
        return rejected

    async def _with_continued_rows(
        self, rows: Sequence[SubscriptionRow], rejected: Sequence[RejectedSubscription]
    ) -> Batch:
        """The rows with the paid rows that the unreadable ones continue, and the marks of these."""
        workspace_id = self._scope.workspace_id
        present = await store.UNREADABLE.all(self._connection, workspace_id=workspace_id, external_ids=None)
        still_open = still_open_marks(present, rows, rejected)
        accounts = sorted({each.account for each in rejected} | {mark.account for mark in still_open})
        found = await store.SUBSCRIPTIONS_OF_ACCOUNTS.all(
            self._connection, workspace_id=workspace_id, accounts=accounts
        )
        # What Stripe's API says about an end is certain.
        stored = [
            each.as_subscription_row() for each in found if each.stripe_id not in self._reader.ids_from_api
        ]
        longer = with_continued_rows(rows, rejected, open_marks=still_open, stored=stored)
        self._reader.counts.derived += len(longer) - len(rows)
        written = marks(
            rejected,
            present={mark.external_id: mark for mark in present},
            open_marks=still_open,
            known={row.external_id for row in stored},
            today=self._today,
        )
        return {SUBSCRIPTIONS: longer, UNREADABLE_SUBSCRIPTIONS: written}
