"""A page of an account's timeline: the newest moments of each kind before a place, merged."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any
from uuid import UUID

import anyio.to_thread
import msgspec

from keepwell.app.timeline import items
from keepwell.app.timeline.model import (
    TIMELINE_KINDS,
    PlannedItem,
    TimelineFilter,
    TimelineItem,
    TimelineKind,
)
from keepwell.churn.cases import service as cases
from keepwell.churn.score_moments import service as score_moments
from keepwell.intake import service as intake
from keepwell.intake.lake.model import AccountDays
from keepwell.platform.clock import start_of
from keepwell.platform.database import Readable
from keepwell.records.accounts import service as accounts
from keepwell.records.timeline import service as records
from keepwell.records.timeline.model import TimelinePlace
from keepwell.records.timeline.service import MomentsBefore
from keepwell.revenue.movements import service as movements

_ONE_DAY = timedelta(days=1)


class TimelineReader(msgspec.Struct, frozen=True, kw_only=True):
    """Where an account's moments are read, for whom, and on which day.

    `with_held` for who may know which accounts are left alone.
    """

    reader: Readable
    lake: Path | str
    intake_root: Path
    workspace_id: UUID
    today: date
    with_held: bool

    async def page(
        self, filters: TimelineFilter, *, account_id: UUID, limit: int, after: TimelinePlace | None
    ) -> tuple[Sequence[TimelineItem], TimelinePlace | None]:
        """A page, newest first, and where it ends unless it is the last one; raises NotFound for the account.

        Nothing that is dated later than today is on it.
        """
        account = await accounts.get_account(
            self.reader, workspace_id=self.workspace_id, account_id=account_id
        )
        asked = MomentsBefore(
            workspace_id=self.workspace_id,
            account_id=account_id,
            before=after or TimelinePlace(start_of(self.today + _ONE_DAY), ""),
            limit=limit + 1,
        )
        kinds = filters.kinds or TIMELINE_KINDS
        found = await self._moments(asked, kinds=kinds)
        if "events" not in kinds:
            return _cut(found, limit=limit)
        # Days older than what fills the page are not read.
        oldest = found[limit].day if len(found) > limit else date.min
        days = await self._event_days(asked, account=account.external_id, oldest=oldest)
        return _with_events(found, days, limit=limit)

    async def planned(self, account_id: UUID) -> Sequence[PlannedItem]:
        """What is known to come for the account, in ascending order."""
        own: dict[str, Any] = {
            "workspace_id": self.workspace_id,
            "account_id": account_id,
            "on": self.today,
        }
        running = await records.running_subscriptions(self.reader, **own)
        cards = await records.expiring_cards(self.reader, **own)
        return items.planned(running, cards, on=self.today)

    async def _moments(self, asked: MomentsBefore, *, kinds: Sequence[TimelineKind]) -> list[TimelineItem]:
        """The newest items before the place, without events; each statement reads no more than a page of them."""
        found = [
            item_of(row)
            for kind in kinds
            for read, item_of in self._sources.get(kind, ())
            for row in await read(self.reader, asked)
        ]
        return sorted(found, key=_place, reverse=True)[: asked.limit]

    @property
    def _sources(self) -> Mapping[str, Sequence[tuple[Callable[..., Any], Callable[[Any], TimelineItem]]]]:
        return {
            "subscription": [
                (movements.movement_moments, items.of_movement),
                (records.subscriptions, items.of_subscription),
            ],
            "invoice": [(records.invoices, items.of_invoice)],
            "charge": [(records.charges, items.of_charge)],
            "refund": [(records.refunds, items.of_refund)],
            "score": [(partial(score_moments.score_moments, with_held=self.with_held), items.of_score)],
            "signal": [(records.signals, items.of_signal)],
            "contact": [(records.contacts, items.of_contact)],
            "case": [(partial(cases.case_moments, with_held=self.with_held), items.of_case)],
        }

    async def _event_days(self, asked: MomentsBefore, *, account: str, oldest: date) -> AccountDays:
        before = asked.before.moment.date()
        # The folded day of the place itself may be on the page before, and is not read again.
        until = before if items.place_of_events(before) < asked.before else before - _ONE_DAY
        # The lake and the journal are files: read them in a thread, not on the event loop.
        return await anyio.to_thread.run_sync(
            lambda: intake.account_days(
                self.lake,
                workspace_id=self.workspace_id,
                account=account,
                until=min(until, self.today),
                oldest=oldest,
                limit=asked.limit + 1,
                intake_root=self.intake_root,
            )
        )


def _with_events(
    found: Sequence[TimelineItem], days: AccountDays, *, limit: int
) -> tuple[Sequence[TimelineItem], TimelinePlace | None]:
    merged = sorted(chain(found, map(items.of_events, days.days)), key=_place, reverse=True)
    if days.more_before is None:
        return _cut(merged, limit=limit)
    # What lies further back than the days that were read may have events in between, so the page ends before it.
    reached = TimelinePlace(start_of(days.more_before), "")
    complete = [item for item in merged if item.place >= reached]
    page, end = _cut(complete, limit=limit)
    return page, end or reached


def _cut(found: Sequence[TimelineItem], *, limit: int) -> tuple[Sequence[TimelineItem], TimelinePlace | None]:
    page = found[:limit]
    return page, page[-1].place if len(found) > limit else None


def _place(item: TimelineItem) -> TimelinePlace:
    return item.place
