"""The inputs of the models about subscriptions: named columns in natural units, one row per snapshot. Unknown is NaN, never 0."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import ibis
import msgspec
import numpy as np

from keepwell.churn.counting.activity import Activity, Inputs, activity_columns, activity_of
from keepwell.churn.counting.at_renewal import renewal_columns
from keepwell.churn.counting.lookups import Moments
from keepwell.churn.counting.paying import PaidSnapshots, SpanColumns, plan_changes
from keepwell.churn.counting.payments import problem_columns
from keepwell.churn.counting.usage import mean_seats_used
from keepwell.churn.counting.usual_use import usual_use_days_ago
from keepwell.churn.features import DailyCounts, seats_used
from keepwell.churn.model import Observation, PaymentProblem, Snapshot, Windows, windows_of
from keepwell.churn.predictors import PLAN, USUAL_USE, plans_of

if TYPE_CHECKING:
    from datetime import date

    from keepwell.churn.arrays import Mask, Vector, Whole

_MOST_PLANS = 10


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """What is on record about accounts: their events, reports of seats, payment problems and subscriptions.

    `plans` are the names of those that get a column of their own, and `has_usual_use` says whether days of usual use do.
    """

    spans: SpanColumns
    activity: Activity
    seats: DailyCounts
    problems: Sequence[PaymentProblem]
    plans: Sequence[str]
    has_usual_use: bool


def recorded(
    spans: SpanColumns,
    events: ibis.Table,
    *,
    problems: Sequence[PaymentProblem],
    before: date,
    like: Sequence[str] | None = None,
) -> Recorded:
    """What is on record of the accounts of `spans`, of events those before the day `before`.

    The plans and kinds of event are those that the input names `like` have, or the common ones. Usual use has a column of its
    own if it has one in `like`, or if any account reports seats.
    """
    accounts = spans.external_ids
    seats = seats_used(events, accounts, before=before)
    return Recorded(
        spans=spans,
        activity=activity_of(events, accounts, before=before, like=like),
        seats=seats,
        problems=problems,
        plans=_common_plans(spans) if like is None else plans_of(like),
        has_usual_use=len(seats.days) > 0 if like is None else USUAL_USE in like,
    )


def inputs_of(on_record: Recorded, taken: PaidSnapshots, *, horizon_days: int, known_on: Whole) -> Inputs:
    """The inputs of `taken`, with windows that follow the horizon; payments made after the day `known_on` are not known."""
    windows = windows_of(horizon_days)
    moments = Moments(taken.accounts, taken.days)
    places = {account_id: place for place, account_id in enumerate(on_record.spans.account_ids)}
    problems = problem_columns(on_record.problems, places)
    seen = activity_columns(
        on_record.activity, moments, problems=problems, windows=windows, known_on=known_on
    )
    own = {
        **_paid_columns(on_record, taken, days=windows.long),
        "seats_used_share": mean_seats_used(on_record.seats, moments, days=windows.mid)
        / np.where(taken.seats > 0, taken.seats, np.nan),
        **_usual_columns(on_record, moments, gap_days=seen.columns["gap_days"]),
    }
    again = renewal_columns({**seen.columns, **own}, is_due=taken.paid_days_left <= horizon_days)
    return seen.beside({**own, **again})


def observations(snapshots: Sequence[Snapshot], inputs: Inputs, *, windows: Windows) -> list[Observation]:
    """Each of `snapshots` with its row of the inputs: what a sentence about it is made of."""
    owed = inputs.payments
    return [
        Observation(
            snapshot=snapshot,
            windows=windows,
            values=dict(zip(inputs.names, values, strict=True)),
            open_payment_days=_known_days(open_days),
            overdue_days=_known_days(overdue_days),
        )
        for snapshot, values, open_days, overdue_days in zip(
            snapshots,
            inputs.values.tolist(),
            owed.open_days.tolist(),
            owed.overdue_days.tolist(),
            strict=True,
        )
    ]


def _known_days(days: float) -> int | None:
    return None if math.isnan(days) else int(days)


def _usual_columns(on_record: Recorded, moments: Moments, *, gap_days: Vector | Mask) -> Mapping[str, Vector]:
    """Where seats are reported, recency counts from the last day of usual use; `recency_days` stays what sentences say."""
    if not on_record.has_usual_use:
        return {}
    days_ago = usual_use_days_ago(on_record.activity.usage, on_record.seats, moments)
    return {USUAL_USE: days_ago, "recency_over_gap": days_ago / (gap_days + 1)}


def _common_plans(spans: SpanColumns) -> Sequence[str]:
    counts = np.bincount(spans.plans, minlength=len(spans.plan_names))
    common = np.argsort(-counts, kind="stable")[:_MOST_PLANS]
    return [spans.plan_names[plan] for plan in sorted(common.tolist())]


def _paid_columns(on_record: Recorded, taken: PaidSnapshots, *, days: int) -> Mapping[str, Vector | Whole]:
    spans = on_record.spans
    # A plan that nobody has any more has no place.
    places = {name: place for place, name in enumerate(spans.plan_names)}
    plans = {f"{PLAN}:{name}": taken.plans == places.get(name, -1) for name in on_record.plans}
    return {
        "tenure_days": taken.tenure_days,
        "days_to_renewal": taken.paid_days_left,
        "is_annual": taken.is_annual,
        "mrr": taken.mrr,
        "seats": taken.seats,
        "plan_changes_long": plan_changes(spans, taken, days=days),
        **plans,
    }
