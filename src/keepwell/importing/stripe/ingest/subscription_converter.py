"""Converts subscriptions of Stripe: from what is stored about them, and their present state."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import msgspec

from keepwell.importing import store as importing_store
from keepwell.importing.import_log.model import EntityCounts
from keepwell.importing.stripe import conversion, store
from keepwell.importing.stripe.ingest.outcome import (
    IngestOutcome,
    IngestPage,
    RejectedObject,
    rejected_item,
)
from keepwell.importing.stripe.ingest.price_context import PriceContext, load_price_context
from keepwell.importing.stripe.subscriptions.assumptions import AssumptionCounts
from keepwell.importing.stripe.subscriptions.marks import SubscriptionState, mark_after
from keepwell.importing.stripe.subscriptions.objects import Subscription
from keepwell.importing.stripe.subscriptions.past_due import with_past_due
from keepwell.importing.stripe.subscriptions.rows import ReadingContext, reconcile, unreadable
from keepwell.importing.upserts.rejection import RejectedRow, require_rate
from keepwell.importing.upserts.rows import SubscriptionRow
from keepwell.platform.database import Connection
from keepwell.revenue.model import Rates


class SubscriptionConverter:
    """Converts pages of subscriptions, adding what it derives and assumes to `counts` and `assumptions`."""

    def __init__(
        self, *, workspace_id: UUID, rates: Rates, counts: EntityCounts, assumptions: AssumptionCounts
    ) -> None:
        self._workspace_id = workspace_id
        self._rates = rates
        self._counts = counts
        self._assumptions = assumptions

    async def convert(self, connection: Connection, page: IngestPage) -> IngestOutcome:
        """The rows, rejections and marks of the subscriptions of `page`."""
        scope = {"workspace_id": self._workspace_id}
        ids = [str(each["id"]) for each in page.objects]
        known: dict[str, list[SubscriptionRow]] = {}
        in_files: dict[str, date] = {}
        for row in await store.SUBSCRIPTION_ROWS.all(connection, **scope, sources=ids):
            known.setdefault(row.source, []).append(row.as_subscription_row())
            if row.in_file_on is not None:
                in_files[row.source] = max(row.in_file_on, in_files.get(row.source, row.in_file_on))
        marks = await importing_store.UNREADABLE.all(connection, **scope, external_ids=ids)
        marked = {row.external_id: row for row in marks}
        needed = await load_price_context(connection, page.objects, workspace_id=self._workspace_id)
        outcome = IngestOutcome()
        for each, source in zip(page.objects, ids, strict=True):
            state = SubscriptionState(
                stripe_object=each, today=page.on, known=known.get(source, []), mark=marked.get(source)
            )
            when = ReadingContext(
                on=page.on,
                read_on=page.read_on.get(source, in_files.get(source)),
                is_of_event=page.is_of_event,
                is_first=source not in page.read_on,
            )
            rows, rejected = self._reconcile(state, needed=needed, when=when)
            self._count_derived(rows, rejected)
            outcome.rows += rows
            outcome.rejected += [RejectedObject(each, why) for why in rejected]
            mark = mark_after(state, rejected)
            outcome.marks += [mark] if mark else []
        return outcome

    def _reconcile(
        self, state: SubscriptionState, *, needed: PriceContext, when: ReadingContext
    ) -> tuple[Sequence[SubscriptionRow], Sequence[RejectedRow]]:
        try:
            shown = conversion.read(state.stripe_object, Subscription)
        except RejectedRow as why:
            return [], [why]
        subscription = state.subscription = shown.with_tiers(needed.prices)
        try:
            when = msgspec.structs.replace(when, of_customer=needed.discount_of(subscription))
            done = reconcile(subscription, state.known, reading=when)
            for row in done.rows:
                require_rate(row, self._rates)
        except RejectedRow as why:
            done = unreadable(subscription, state.known, reading=when, why=why)
        self._assumptions.count(subscription, done)
        rows = with_past_due(done.rows, subscription, known=state.known, today=when.on)
        return rows, [rejected_item(each) for each in done.rejections]

    def _count_derived(self, rows: Sequence[SubscriptionRow], rejected: Sequence[RejectedRow]) -> None:
        outcomes = len(rows) + len(rejected)
        self._counts.derived += max(0, outcomes - 1)
        self._counts.skipped += outcomes == 0
