"""The inputs of the models: named columns in natural units, one row per snapshot. Unknown is NaN, never 0."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import ibis
import msgspec
import numpy as np

from keepwell.churn.counting.lookups import Known, Moments
from keepwell.churn.counting.paying import PaidSnapshots, SpanColumns, plan_changes
from keepwell.churn.counting.payments import Payments, payments, problem_columns
from keepwell.churn.counting.usage import common_kinds, mean_seats_used, usage_columns, usage_of
from keepwell.churn.features import DailyCounts, daily_counts, seats_used
from keepwell.churn.model import TICKET_OPENED, Observation, PaymentProblem, Snapshot, Windows, windows_of

if TYPE_CHECKING:
    from datetime import date

    from keepwell.churn.arrays import Matrix, Vector, Whole

_MOST_PLANS = 10


class Inputs(msgspec.Struct, frozen=True, kw_only=True):
    """The inputs of each snapshot, one column of `values` per name, and its payment problems, which reasons need as well."""

    names: Sequence[str]
    values: Matrix
    payments: Payments


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """What is on record about accounts: their events, reports of seats, payment problems and subscriptions."""

    spans: SpanColumns
    counts: DailyCounts
    seats: DailyCounts
    problems: Sequence[PaymentProblem]
    kinds: Sequence[str]


def recorded(
    spans: SpanColumns, events: ibis.Table, *, problems: Sequence[PaymentProblem], before: date
) -> Recorded:
    """What is on record of the accounts of `spans`, of events those before the day `before`."""
    accounts = spans.external_ids
    counts = daily_counts(events, accounts, before=before)
    return Recorded(
        spans=spans,
        counts=counts,
        seats=seats_used(events, accounts, before=before),
        problems=problems,
        kinds=common_kinds(usage_of(counts)),
    )


def inputs_of(on_record: Recorded, taken: PaidSnapshots, *, horizon_days: int, known_on: Whole) -> Inputs:
    """The inputs of `taken`, with windows that follow the horizon; payments made after the day `known_on` are not known."""
    windows = windows_of(horizon_days)
    moments = Moments(taken.accounts, taken.days)
    places = {account_id: place for place, account_id in enumerate(on_record.spans.account_ids)}
    owed = payments(
        on_record.counts,
        problem_columns(on_record.problems, places),
        moments,
        known_on=known_on,
        window=windows.mid,
    )
    tickets = on_record.counts.where(on_record.counts.named(TICKET_OPENED))
    columns = {
        **usage_columns(usage_of(on_record.counts), moments, windows=windows, kinds=on_record.kinds),
        "tickets_mid": Known(tickets, moments).total(days=windows.mid),
        "payment_failures_mid": owed.failures,
        "payment_failed_days_ago": owed.failed_days_ago,
        "open_payment": owed.is_open,
        **_paid_columns(on_record.spans, taken, days=windows.long),
        "seats_used_share": mean_seats_used(on_record.seats, moments, days=windows.mid)
        / np.where(taken.seats > 0, taken.seats, np.nan),
    }
    values = np.column_stack([np.asarray(each, np.float64) for each in columns.values()])
    return Inputs(names=list(columns), values=values, payments=owed)


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


def _paid_columns(spans: SpanColumns, taken: PaidSnapshots, *, days: int) -> Mapping[str, Vector | Whole]:
    common = np.argsort(-np.bincount(spans.plans, minlength=len(spans.plan_names)), kind="stable")[
        :_MOST_PLANS
    ]
    plans = {f"plan:{spans.plan_names[plan]}": taken.plans == plan for plan in sorted(common.tolist())}
    return {
        "tenure_days": taken.tenure_days,
        "days_to_renewal": taken.paid_days_left,
        "is_annual": taken.is_annual,
        "mrr": taken.mrr,
        "seats": taken.seats,
        "plan_changes_long": plan_changes(spans, taken, days=days),
        **plans,
    }
