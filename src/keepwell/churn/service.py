"""Use cases of the churn room: read the scores of the newest model; `training_service` makes them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import msgspec

from keepwell.churn import store
from keepwell.churn.model import ChurnKind, ChurnModel, Evaluation, Reason, Signal
from keepwell.churn.save_list import (
    AccountRisk,
    LeftAloneAccount,
    LeftAloneFilter,
    SaveList,
    SaveListChanges,
    SaveListEntry,
    SaveListPlace,
    SaveListTotals,
)
from keepwell.identity import service as identity
from keepwell.importing.import_log import service as import_log
from keepwell.platform.database import Readable
from keepwell.platform.errors import DataValidationError
from keepwell.platform.pagination.cursors import PageEnd, RowPage
from keepwell.revenue.model import DEFAULT_POLICY

_MOST_CHANGES = 10


async def save_list(
    reader: Readable,
    *,
    workspace_id: UUID,
    limit: int,
    kind: ChurnKind | None = None,
    after: SaveListPlace | None = None,
) -> tuple[SaveList, SaveListPlace | None]:
    """A page of the newest model's save list, or of the list that `after` belongs to, and the place of the next page.

    Contains the accounts that pay as of their standings, which the caller has brought up to today, of one kind if it is
    given, and none that is left alone. Empty before the first training. Raises DataValidationError if the list of `after` does not exist.
    """
    version = after.version if after else None
    row = await store.MODEL.maybe_one(reader, workspace_id=workspace_id, version=version)
    currency = await identity.currency(reader)
    if row is None:
        if after is not None:
            hint = "Start again without a cursor."
            raise DataValidationError("cursor: it belongs to a list that no longer exists.", hint=hint)
        return _unscored(currency), None
    listed = {"workspace_id": workspace_id, "version": row.version}
    scores = await store.SCORES_AFTER.all(reader, **listed, **_after(after), kind=kind, limit=limit + 1)
    page = SaveList(
        scored_at=row.trained_at,
        as_of=row.as_of,
        horizon_ends_on=_horizon_ends_on(row),
        outdated=await import_log.has_changed_after(reader, row.trained_at, workspace_id=workspace_id),
        currency=currency,
        policy=DEFAULT_POLICY,
        model=_model(row),
        totals=await store.TOTALS.one(reader, **listed),
        items=[_entry(each) for each in scores[:limit]],
        next=None,
    )
    return page, _place(row.version, scores[limit - 1]) if len(scores) > limit else None


def _unscored(currency: str) -> SaveList:
    return SaveList(
        scored_at=None,
        as_of=None,
        horizon_ends_on=None,
        outdated=False,
        currency=currency,
        policy=DEFAULT_POLICY,
        model=None,
        totals=SaveListTotals(0, 0, "0.00", "0.00", "0.00", "0.00", 0),
        items=[],
        next=None,
    )


def _after(place: SaveListPlace | None) -> dict[str, Decimal | str | None]:
    return {
        "annual_at_risk": place.annual_at_risk if place else None,
        "annual_amount": place.annual_amount if place else None,
        "external_id": place.external_id if place else None,
    }


async def left_alone(
    reader: Readable,
    filters: LeftAloneFilter,
    *,
    workspace_id: UUID,
    limit: int,
    after: PageEnd | None = None,
) -> RowPage[LeftAloneAccount]:
    """A page of the accounts that pay today and are left alone by the newest list, by name."""
    return await store.LEFT_ALONE.page(
        reader, "name", limit=limit, after=after, workspace_id=workspace_id, kind=filters.kind
    )


async def changes(reader: Readable, *, workspace_id: UUID) -> SaveListChanges:
    """The newest list compared with that of an earlier day, with at most ten accounts whose risk rose, and that fell."""
    currency = await identity.currency(reader)
    newest = await store.MODEL.maybe_one(reader, workspace_id=workspace_id, version=None)
    if newest is None:
        return _nothing_compared(None, currency)
    earlier = await store.EARLIER.maybe_one(reader, workspace_id=workspace_id, as_of=newest.as_of)
    if earlier is None:
        return _nothing_compared(newest.as_of, currency)
    both = {"workspace_id": workspace_id, "version": newest.version, "earlier": earlier.version}
    compared = await store.COMPARISON.one(reader, **both)
    return SaveListChanges(
        as_of=newest.as_of,
        compared_with=earlier.as_of,
        currency=currency,
        **msgspec.structs.asdict(compared),
        risen=await store.RISK_CHANGES.all(reader, **both, direction=1, limit=_MOST_CHANGES),
        fallen=await store.RISK_CHANGES.all(reader, **both, direction=-1, limit=_MOST_CHANGES),
    )


def _nothing_compared(as_of: date | None, currency: str) -> SaveListChanges:
    return SaveListChanges(
        as_of=as_of,
        compared_with=None,
        currency=currency,
        joined=0,
        gone=0,
        revenue_at_risk=None,
        revenue_at_risk_before=None,
        risen=[],
        fallen=[],
    )


async def risk_of(
    reader: Readable, *, workspace_id: UUID, account_id: UUID, with_held: bool
) -> AccountRisk | None:
    """The newest model's score of an account; None if it did not pay then or does not now, or no model is trained.

    Also None for an account that is left alone, unless `with_held`.
    """
    own = {"workspace_id": workspace_id}
    newest = await store.MODEL.maybe_one(reader, **own, version=None)
    if newest is None:
        return None
    row = await store.SCORE_OF_ACCOUNT.maybe_one(
        reader, **own, version=newest.version, account_id=account_id, with_held=with_held
    )
    if row is None:
        return None
    return AccountRisk(
        probability=row.probability,
        revenue_at_risk=str(row.revenue_at_risk),
        kind=ChurnKind(row.kind),
        reasons=_reasons(row.reasons),
        scored_at=row.trained_at,
        rank=None if row.is_held else row.rank,
        is_held=row.is_held,
        signal=_model(newest).signal,
    )


def _place(version: int, last: store.ScoreRow) -> SaveListPlace:
    return SaveListPlace(version, last.annual_at_risk, last.annual_amount, last.external_id)


def _horizon_ends_on(row: store.ModelRow) -> date:
    return row.as_of + timedelta(days=row.horizon_days)


def _model(row: store.ModelRow) -> ChurnModel:
    evaluation = msgspec.json.decode(row.evaluation, type=Evaluation)
    was_tested = evaluation.signal != "not_tested"
    # As it was judged then: a later release may judge the same evaluation otherwise.
    judged: Signal = "found" if row.signal else "not_found"
    return ChurnModel(
        version=row.version,
        trained_at=row.trained_at,
        horizon_days=row.horizon_days,
        signal=judged if was_tested else "not_tested",
        statement=row.statement,
        evaluation=evaluation,
    )


def _entry(row: store.ScoreRow) -> SaveListEntry:
    return SaveListEntry(
        rank=row.rank,
        account_id=row.account_id,
        name=row.name,
        plan=row.plan,
        mrr=str(row.mrr),
        probability=row.probability,
        revenue_at_risk=str(row.revenue_at_risk),
        kind=ChurnKind(row.kind),
        reasons=_reasons(row.reasons),
        scored_at=row.trained_at,
    )


def _reasons(text: str) -> list[Reason]:
    return msgspec.json.decode(text, type=list[Reason])
