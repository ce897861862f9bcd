"""Use case: when the accounts that pay may leave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec

from keepwell.churn.cases.episodes.arms import held_accounts
from keepwell.churn.doors.model import Question
from keepwell.churn.history import TrainingContext, learn_from, read_history
from keepwell.churn.model import Observation, kind_of
from keepwell.churn.snapshots import spans_by_account
from keepwell.churn.survival.fitting import fit
from keepwell.churn.survival.landmarks import landmarks_of
from keepwell.churn.survival.model import AccountForecast, Forecast, LeavingTimes
from keepwell.churn.survival.statement import statement
from keepwell.churn.survival.testing import survival_test
from keepwell.records.accounts import service as accounts
from keepwell.records.accounts.model import AccountName
from keepwell.revenue.model import rounded_to_cents

_SEED = 20_240_501


async def leaving_times(work: TrainingContext, *, workspace_id: UUID, top: int) -> LeavingTimes:
    """The first `top` accounts that pay, those first who leave soonest; stores nothing.

    Accounts that are left alone are counted only. Raises NothingToScore, TooLittleHistory, TooFewDepartures, and Unavailable
    if the extras `churn` and `survival` are not installed.
    """
    history = await read_history(work, workspace_id=workspace_id)
    # A source that has gone silent keeps a newer list from being made; here the day of the forecasts is said.
    history = msgspec.structs.replace(history, kept_as_of=None)
    learned = learn_from(work, history, workspace_id=workspace_id, question=Question())
    marks = landmarks_of(learned, spans_by_account(history.spans))
    with work.progress.step("Fitting and testing", total=None):
        model = fit(marks.spells)
        test = survival_test(marks.spells, until=learned.studied.observed, seed=_SEED)
    of_account = dict(
        zip(
            (each.snapshot.account_id for each in marks.current),
            model.forecasts(marks.inputs),
            strict=True,
        )
    )
    listed = await _without_left_alone(work, learned.studied.current, workspace_id=workspace_id)
    ordered = sorted(listed, key=lambda each: _order(each, of_account))[:top]
    async with work.database.workspace(workspace_id) as connection:
        names = await accounts.names(
            connection,
            workspace_id=workspace_id,
            external_ids=[each.snapshot.external_id for each in ordered],
        )
    return LeavingTimes(
        as_of=learned.as_of,
        observed_days=model.observed_days,
        test=test,
        statement=statement(test, observed_days=model.observed_days, seen=learned.evaluation),
        accounts=[_forecast(each, of_account, names) for each in ordered],
        total=len(listed),
        left_alone=len(learned.studied.current) - len(listed),
    )


async def _without_left_alone(
    work: TrainingContext, current: Sequence[Observation], *, workspace_id: UUID
) -> list[Observation]:
    kinds = {each.snapshot.account_id: kind_of(each) for each in current}
    async with work.database.workspace(workspace_id) as connection:
        held = await held_accounts(connection, kinds, holdout=work.holdout, workspace_id=workspace_id)
    return [each for each in current if each.snapshot.account_id not in held]


def _order(seen: Observation, of_account: Mapping[UUID, Forecast]) -> tuple[bool, float, str]:
    """Those who have announced it by their day, then the others by their hazard, which orders all horizons alike."""
    snapshot = seen.snapshot
    forecast = of_account.get(snapshot.account_id)
    if forecast is None:
        return False, float(snapshot.paid_days_left), snapshot.external_id
    chance = next(
        (each for each in (forecast.within_90, forecast.within_60, forecast.within_30) if each is not None),
        0.0,
    )
    return True, -chance, snapshot.external_id


def _forecast(
    seen: Observation, of_account: Mapping[UUID, Forecast], names: Mapping[str, AccountName]
) -> AccountForecast:
    snapshot = seen.snapshot
    named = names.get(snapshot.external_id)
    return AccountForecast(
        account_id=snapshot.account_id,
        external_id=snapshot.external_id,
        name=snapshot.external_id if named is None else named.name,
        plan=snapshot.plan,
        mrr=str(rounded_to_cents(snapshot.mrr)),
        leaves_on=snapshot.paid_until if snapshot.has_cancelled else None,
        forecast=of_account.get(snapshot.account_id),
    )
