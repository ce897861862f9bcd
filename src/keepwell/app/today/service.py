"""The page of the day, put together from what each room knows, in one snapshot."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import msgspec

from keepwell.app.today.model import (
    ChangeKind,
    RiskOfDay,
    Today,
    TodayChange,
    TodayMrr,
    TodayRisk,
    require_recent,
)
from keepwell.billing import service as billing
from keepwell.billing.model import FailedPaymentFilter, FailedPaymentItem
from keepwell.churn import service as churn
from keepwell.churn.list_changes import service as list_changes
from keepwell.churn.save_list import SaveListChanges
from keepwell.identity.workspace_settings.model import PolicyName
from keepwell.identity.workspace_settings.service import workspace_settings
from keepwell.platform.clock import start_of
from keepwell.revenue import service as revenue
from keepwell.revenue.model import ONE_DAY
from keepwell.revenue.projections import TodaysSnapshot
from keepwell.revenue.reports.movements import mrr_by_month
from keepwell.revenue.reports.query import ReportQuery
from keepwell.revenue.rollups.service import Scope
from keepwell.revenue.views import DayMrr, Kind, MrrReport, ratio, rows_address, share

_FIRST = 5
_DAYS = 15


class TodayReader(msgspec.Struct, frozen=True, kw_only=True):
    """Reads the page of the day of a workspace, as of `now`."""

    snapshot: TodaysSnapshot
    workspace_id: UUID
    now: datetime
    currency: str
    policy: PolicyName

    @classmethod
    async def of(cls, snapshot: TodaysSnapshot, *, workspace_id: UUID, now: datetime) -> TodayReader:
        """A reader with the workspace's currency and policy."""
        settings = await workspace_settings(snapshot.connection, workspace_id)
        return cls(
            snapshot=snapshot,
            workspace_id=workspace_id,
            now=now,
            currency=settings.currency,
            policy=settings.policy,
        )

    @property
    def on(self) -> date:
        """The day."""
        return self.now.date()

    async def page(self, since: date | None) -> Today:
        """The page, with what happened since the day `since` began, by default yesterday.

        Raises DataValidationError for a day long ago.
        """
        since = since or self.on - ONE_DAY
        require_recent(since, on=self.on)
        changed = await list_changes.changes(self.snapshot.reader, workspace_id=self.workspace_id)
        return Today(
            on=self.on,
            since=since,
            currency=self.currency,
            risk=await self._risk(changed),
            failed_payments=await billing.totals(
                self.snapshot.reader, workspace_id=self.workspace_id, on=self.on
            ),
            need_person=await self._need_person(),
            mrr=await self._mrr(since),
            changes=[
                TodayChange(kind="new_at_risk", group=changed.new_at_risk, rows=None),
                TodayChange(kind="back_in_use", group=changed.back_in_use, rows=None),
                *await self._payments(since),
                await self._moved("churn", since, kind="customers_left"),
                await self._moved("new", since, kind="customers_new"),
                await self._moved("reactivation", since, kind="customers_back"),
            ],
        )

    async def _risk(self, changed: SaveListChanges) -> TodayRisk:
        reader, workspace_id = self.snapshot.reader, self.workspace_id
        found, _ = await churn.save_list(reader, workspace_id=workspace_id, limit=_FIRST)
        totals = found.totals
        at_risk = _sum(totals.voluntary_at_risk, totals.involuntary_at_risk)
        paid = await self._mrr_on(self.on, policy="default")
        is_mrr = found.model is None or found.model.label.money == "mrr"
        start = self.on - (_DAYS - 1) * ONE_DAY
        kept = {
            each.as_of: each.revenue_at_risk
            for each in await churn.risk_by_day(reader, workspace_id=workspace_id, start=start, end=self.on)
        }
        return TodayRisk(
            scored_at=found.scored_at,
            as_of=found.as_of,
            horizon_ends_on=found.horizon_ends_on,
            outdated=found.outdated,
            model=found.model,
            silence=found.silence,
            policy=found.policy,
            totals=totals,
            accounts=totals.voluntary + totals.involuntary,
            revenue_at_risk=None if at_risk is None else str(at_risk),
            share_of_mrr=ratio(share(at_risk, Decimal(paid.mrr))) if is_mrr and at_risk is not None else None,
            compared_with=changed.compared_with,
            revenue_at_risk_change=_difference(changed.revenue_at_risk, changed.revenue_at_risk_before),
            days=[RiskOfDay(day, kept.get(day)) for day in _days(start, self.on)],
            items=found.items,
        )

    async def _mrr(self, since: date) -> TodayMrr:
        report = await self._mrr_on(self.on, policy=self.policy)
        start = min(since - ONE_DAY, self.on - (_DAYS - 1) * ONE_DAY)
        days = await revenue.mrr_by_day(
            self.snapshot.connection, Scope(self.workspace_id, self.policy), start=start, end=self.on
        )
        before = next(each for each in days if each.day == since - ONE_DAY)
        return TodayMrr(
            mrr=report.mrr,
            arpa=report.arpa,
            accounts=report.accounts,
            mrr_change=str(Decimal(report.mrr) - Decimal(before.mrr)),
            accounts_change=report.accounts - before.accounts,
            unrated=report.unrated,
            policy=report.policy,
            days=days[-_DAYS:],
            months=await self._months(),
            rows=report.rows,
        )

    async def _mrr_on(self, day: date, *, policy: PolicyName) -> MrrReport:
        return await revenue.mrr(
            self.snapshot.connection,
            workspace_id=self.workspace_id,
            on=day,
            currency=self.currency,
            policy=policy,
        )

    async def _months(self) -> Sequence[DayMrr]:
        """MRR at the end of each of the last twelve months, and of today."""
        first = self.on.replace(day=1)
        start = first.replace(year=first.year - 1)
        query = ReportQuery(self.workspace_id, start, self.on, self.currency, self.policy)
        return await mrr_by_month(self.snapshot.connection, query)

    async def _need_person(self) -> Sequence[FailedPaymentItem]:
        filters = FailedPaymentFilter(on=self.on, needs_person=True)
        page = await billing.list_failed_payments(
            self.snapshot.reader, filters, workspace_id=self.workspace_id, limit=_FIRST
        )
        return page.items

    async def _payments(self, since: date) -> Sequence[TodayChange]:
        reader, began = self.snapshot.reader, start_of(since)
        recovered = await billing.recovered_since(
            reader, began, workspace_id=self.workspace_id, until=self.now
        )
        failed = await billing.failed_since(reader, began, workspace_id=self.workspace_id, until=self.now)
        return [
            TodayChange(kind="payments_recovered", group=recovered, rows=None),
            TodayChange(kind="payments_failed", group=failed, rows=f"/v1/charges?status=failed&from={since}"),
        ]

    async def _moved(self, moved: Kind, since: date, *, kind: ChangeKind) -> TodayChange:
        group = await revenue.moved_accounts(
            self.snapshot.connection,
            Scope(self.workspace_id, self.policy),
            kind=moved,
            start=since,
            end=self.on,
        )
        rows = rows_address(policy=self.policy, kind=moved, start=since, to=self.on)
        return TodayChange(kind=kind, group=group, rows=rows)


def _sum(*amounts: str | None) -> Decimal | None:
    """None if one of the amounts is unknown."""
    known = [Decimal(each) for each in amounts if each is not None]
    return sum(known, Decimal()) if len(known) == len(amounts) else None


def _difference(now: str | None, before: str | None) -> str | None:
    return None if now is None or before is None else str(Decimal(now) - Decimal(before))


def _days(start: date, end: date) -> Sequence[date]:
    return [start + number * ONE_DAY for number in range((end - start).days + 1)]
