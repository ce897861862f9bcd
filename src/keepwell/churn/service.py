"""Use cases of the churn room: read the scores of the newest model; `trainer` makes them."""

from __future__ import annotations

from uuid import UUID

import msgspec

from keepwell.churn import store
from keepwell.churn.model import (
    AccountRisk,
    ChurnKind,
    ChurnModel,
    Evaluation,
    Reason,
    SaveList,
    SaveListEntry,
    SaveListPlace,
    Signal,
)
from keepwell.identity import service as identity
from keepwell.importing.import_log import service as import_log
from keepwell.platform.database import Connection, Readable
from keepwell.platform.errors import DataValidationError
from keepwell.revenue.model import DEFAULT_POLICY


async def save_list(
    reader: Readable, *, workspace_id: UUID, limit: int, after: SaveListPlace | None = None
) -> tuple[SaveList, SaveListPlace | None]:
    """A page of the newest model's save list, or of the list that `after` belongs to, and the place of the next page.

    Contains the accounts that pay as of their standings, which the caller has brought up to today. Empty before the
    first training. Raises DataValidationError if the list of `after` does not exist.
    """
    version = after.version if after else None
    row = await store.MODEL.maybe_one(reader, workspace_id=workspace_id, version=version)
    currency = await identity.currency(reader)
    if row is None:
        if after is not None:
            hint = "Start again without a cursor."
            raise DataValidationError("cursor: it belongs to a list that no longer exists.", hint=hint)
        empty = SaveList(
            scored_at=None,
            as_of=None,
            outdated=False,
            currency=currency,
            policy=DEFAULT_POLICY,
            model=None,
            items=[],
            next=None,
        )
        return empty, None
    scores = await store.SCORES_AFTER.all(
        reader,
        workspace_id=workspace_id,
        version=row.version,
        annual_at_risk=after.annual_at_risk if after else None,
        annual_amount=after.annual_amount if after else None,
        external_id=after.external_id if after else None,
        limit=limit + 1,
    )
    page = SaveList(
        scored_at=row.trained_at,
        as_of=row.as_of,
        outdated=await import_log.has_changed_after(reader, row.trained_at, workspace_id=workspace_id),
        currency=currency,
        policy=DEFAULT_POLICY,
        model=_model(row),
        items=[_entry(each) for each in scores[:limit]],
        next=None,
    )
    return page, _place(row.version, scores[limit - 1]) if len(scores) > limit else None


async def risk_of(connection: Connection, *, workspace_id: UUID, account_id: UUID) -> AccountRisk | None:
    """The newest model's score of an account; None if it did not pay then or does not now, or no model is trained."""
    own = {"workspace_id": workspace_id}
    newest = await store.MODEL.maybe_one(connection, **own, version=None)
    if newest is None:
        return None
    row = await store.SCORE_OF_ACCOUNT.maybe_one(
        connection, **own, version=newest.version, account_id=account_id
    )
    if row is None:
        return None
    return AccountRisk(
        probability=row.probability,
        revenue_at_risk=str(row.revenue_at_risk),
        kind=ChurnKind(row.kind),
        reasons=_reasons(row.reasons),
        scored_at=row.trained_at,
        rank=row.rank,
        signal=_model(newest).signal,
    )


def _place(version: int, last: store.ScoreRow) -> SaveListPlace:
    return SaveListPlace(version, last.annual_at_risk, last.annual_amount, last.external_id)


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
