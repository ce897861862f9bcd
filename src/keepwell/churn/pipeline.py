"""From subscriptions and events to an evaluated model and a save list, without a database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

import ibis
import msgspec

from keepwell.churn.evaluation import Split, counts_only, evaluate, statement
from keepwell.churn.features import WINDOW_DAYS, event_days, read_activity
from keepwell.churn.fitting import Example, fit
from keepwell.churn.logistic import LogisticModel
from keepwell.churn.model import (
    ActivityFeatures,
    Evaluation,
    NothingToScore,
    Observation,
    PaymentProblem,
    Score,
    Snapshot,
    TooLittleHistory,
)
from keepwell.churn.payments import problems_by_account, with_payments
from keepwell.churn.scoring import score
from keepwell.churn.snapshots import (
    SpansByAccount,
    complete_days,
    departs,
    observed_until,
    scored_on,
    snapshots_on,
    spans_by_account,
    still_paying,
)
from keepwell.platform.progress import Progress
from keepwell.revenue.model import PayingSpan, Rates

# The latest days are held out.
_HELD_OUT_SHARE = 0.3
_SEED = 20_240_501


class LearningResult(msgspec.Struct, frozen=True, kw_only=True):
    """An evaluated model and its save list as of a day; `model` is None if there was too little to fit."""

    as_of: date
    horizon_days: int
    model: LogisticModel | None
    base_rate: float
    evaluation: Evaluation
    statement: str
    scores: Sequence[Score]


class BillingRecords(msgspec.Struct, frozen=True, kw_only=True):
    """Payment problems on record, and the last day that the billing data are known to cover."""

    problems: Sequence[PaymentProblem] = ()
    recorded_on: date | None = None


_NO_BILLING = BillingRecords()


def learn(
    spans: Iterable[PayingSpan],
    events: ibis.Table,
    *,
    rates: Rates,
    billing: BillingRecords = _NO_BILLING,
    today: date,
    horizon_days: int,
    progress: Progress,
) -> LearningResult:
    """Train on snapshots one horizon apart, evaluate on the latest of them, and score the accounts that pay today.

    The `rates` convert amounts into the report's currency.

    Raises NothingToScore if no account pays, and TooLittleHistory if no whole horizon has been observed.
    """
    by_account = spans_by_account(spans)
    seen_days = event_days(events, before=today)
    first_event_on, last_event_on = seen_days or (None, None)
    recorded = [day for day in (last_event_on, billing.recorded_on) if day is not None]
    observed = observed_until(by_account, last_event_on=max(recorded, default=None), today=today)
    as_of = scored_on(by_account, observed=observed, has_events=seen_days is not None, today=today)
    current = _current(by_account, as_of, rates=rates, today=today)
    past = _past(by_account, observed, rates=rates, horizon_days=horizon_days)
    covered = [each for each in past if _is_covered(each.snapshot, first_event_on)]
    with progress.step("Reading activity", total=None):
        observe = _observer(events, [each.snapshot for each in covered] + current, billing=billing)
    split = _split([Example(observe(each.snapshot, None), each.departed) for each in covered], observed)
    with progress.step("Training", total=None):
        model = fit(split.fitted) if split.is_enough else None
        evaluation = counts_only(split) if model is None else evaluate(model, split, seed=_SEED)
    population = covered or past
    base = sum(each.departed for each in population) / len(population)
    served = model if evaluation.signal == "found" else None
    return LearningResult(
        as_of=as_of,
        horizon_days=horizon_days,
        model=model,
        base_rate=base,
        evaluation=evaluation,
        statement=statement(evaluation, split, base=base, horizon_days=horizon_days),
        # What was paid after the day of the scores is known today.
        scores=score([observe(each, today) for each in current], model=served, base_rate=base),
    )


class _LabelledSnapshot(NamedTuple):
    snapshot: Snapshot
    departed: bool


def _current(by_account: SpansByAccount, as_of: date, *, rates: Rates, today: date) -> list[Snapshot]:
    current = still_paying(by_account, snapshots_on(by_account, as_of, rates=rates), today=today)
    if not current:
        hint = "Import subscriptions that run on that day: ./keepwell import --help"
        raise NothingToScore(f"No account pays on {today}, so there is none to lose.", hint=hint)
    return current


def _past(
    by_account: SpansByAccount, as_of: date, *, rates: Rates, horizon_days: int
) -> list[_LabelledSnapshot]:
    """Each paying account on each day with a fully observed horizon, and whether it churned within it."""
    past = [
        _LabelledSnapshot(snapshot, departs(by_account[snapshot.account_id], day, horizon_days=horizon_days))
        for day in complete_days(by_account, until=as_of, horizon_days=horizon_days)
        for snapshot in snapshots_on(by_account, day, rates=rates)
    ]
    if not past:
        hint = "Train again later, or with a shorter --horizon."
        raise TooLittleHistory(f"No account had paid {horizon_days} days before {as_of}.", hint=hint)
    return past


def _is_covered(snapshot: Snapshot, first_event_on: date | None) -> bool:
    """Whether events were recorded for both activity windows; true if there are no events at all."""
    return first_event_on is None or snapshot.as_of >= first_event_on + 2 * timedelta(days=WINDOW_DAYS)


def _observer(
    events: ibis.Table, snapshots: Sequence[Snapshot], *, billing: BillingRecords
) -> Callable[[Snapshot, date | None], Observation]:
    """Observes a snapshot with the payments made by a day; by the day before it if None."""
    activity = read_activity(events, snapshots)
    problems = problems_by_account(billing.problems)

    def observe(snapshot: Snapshot, known_on: date | None) -> Observation:
        seen = with_payments(
            activity.get((snapshot.external_id, snapshot.as_of), ActivityFeatures()),
            problems.get(snapshot.account_id, ()),
            as_of=snapshot.as_of,
            known_on=known_on or snapshot.as_of - timedelta(days=1),
        )
        return Observation(snapshot, seen)

    return observe


def _split(examples: Sequence[Example], as_of: date) -> Split:
    days = sorted({example.day for example in examples})
    held_out_from = days[-max(1, round(len(days) * _HELD_OUT_SHARE))] if days else as_of
    return Split(
        fitted=[example for example in examples if example.day < held_out_from],
        held_out=[
            example for example in examples if example.day >= held_out_from and not example.has_announced
        ],
        held_out_from=held_out_from,
    )
