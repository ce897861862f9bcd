"""The inputs of the model, and how each is explained in plain language."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import msgspec

from keepwell.churn.features import WINDOW_DAYS
from keepwell.churn.model import Observation, Reason

# Gaps shorter than this read better as "nearly every day".
_NEARLY_DAILY = 1.5


class Predictor(msgspec.Struct, frozen=True, kw_only=True):
    """One input of the model.

    `explain` compares the account's own numbers with the typical value, and returns None if they contradict the
    reason: an account that became busier is never said to have gone quiet. Of several reasons on one `topic`, only
    the strongest is shown.
    """

    name: str
    topic: str
    value: Callable[[Observation], float]
    explain: Callable[[Observation, float], Reason | None]


def _activity_level(seen: Observation) -> float:
    return math.log1p(seen.activity.active_days)


def _explain_activity_level(seen: Observation, typical: float) -> Reason | None:
    days, usual = seen.activity.active_days, round(math.expm1(typical))
    if days >= usual or _is_newcomer(seen):
        return None
    text = f"{_days(days, 'active day')} in the last {WINDOW_DAYS}; the typical account has {usual}"
    return Reason("activity_low", text)


def _activity_change(seen: Observation) -> float:
    return math.log((seen.activity.active_days + 1) / (seen.activity.active_days_before + 1))


def _explain_activity_change(seen: Observation, _typical: float) -> Reason | None:
    now, before = seen.activity.active_days, seen.activity.active_days_before
    if now >= before or _is_newcomer(seen):
        return None
    text = f"{_days(now, 'active day')} in the last {WINDOW_DAYS}, {before} in the {WINDOW_DAYS} before"
    return Reason("activity_down", text)


def _quiet(seen: Observation) -> float:
    quiet, gap = seen.activity.quiet_days, seen.activity.usual_gap_days
    return 0.0 if quiet is None or gap is None else math.log1p(quiet / (gap + 1))


def _explain_quiet(seen: Observation, _typical: float) -> Reason | None:
    quiet, gap = seen.activity.quiet_days, seen.activity.usual_gap_days
    if quiet is None or gap is None or quiet <= gap:
        return None
    usual = (
        "active nearly every day before" if gap < _NEARLY_DAILY else f"usually active every {gap:.0f} days"
    )
    return Reason("quiet", f"No activity for {_days(quiet)}; {usual}")


def _open_payment(seen: Observation) -> float:
    return float(seen.activity.has_open_payment)


def open_payment_reason(seen: Observation) -> Reason | None:
    """That a payment is open; None if all are made."""
    failed, overdue = seen.activity.open_payment_days, seen.activity.overdue_days
    if failed is not None:
        return Reason("payment_open", f"A payment failed {_days(failed)} ago and is still open")
    return None if overdue is None else Reason("payment_open", f"An invoice is {_days(overdue)} overdue")


def _explain_open_payment(seen: Observation, _typical: float) -> Reason | None:
    return open_payment_reason(seen)


def _failed_payments(seen: Observation) -> float:
    return math.log1p(seen.activity.failed_payments)


def _explain_failed_payments(seen: Observation, _typical: float) -> Reason | None:
    failed = seen.activity.failed_payments
    if not failed:
        return None
    attempts = "1 payment attempt" if failed == 1 else f"{failed} payment attempts"
    return Reason("payments_failed", f"{attempts} failed in the last {WINDOW_DAYS} days")


def _tenure(seen: Observation) -> float:
    return math.log1p(seen.snapshot.tenure_days)


def _explain_tenure(seen: Observation, _typical: float) -> Reason | None:
    return Reason("tenure", f"A customer for {_days(seen.snapshot.tenure_days)}")


def _annual(seen: Observation) -> float:
    return float(seen.snapshot.is_annual)


def _renewal(seen: Observation) -> float:
    return math.log1p(seen.snapshot.paid_days_left)


def _explain_renewal(seen: Observation, _typical: float) -> Reason | None:
    if seen.snapshot.cancelled_on is not None:
        return None
    return Reason("renewal_near", f"The next renewal is in {_days(seen.snapshot.paid_days_left)}")


def _cancelled(seen: Observation) -> float:
    return float(seen.snapshot.has_cancelled)


def cancelled_reason(seen: Observation) -> Reason | None:
    """That the account has announced that it leaves; None if it has not."""
    snapshot = seen.snapshot
    if snapshot.cancelled_on is None:
        return None
    return Reason("cancelled", f"Cancelled on {snapshot.cancelled_on}; service ends on {snapshot.paid_until}")


def _explain_cancelled(seen: Observation, _typical: float) -> Reason | None:
    return cancelled_reason(seen)


def _unexplained(_seen: Observation, _typical: float) -> Reason | None:
    """For inputs that nobody can act on."""
    return None


PREDICTORS: Sequence[Predictor] = (
    Predictor(
        name="activity_level", topic="activity", value=_activity_level, explain=_explain_activity_level
    ),
    Predictor(
        name="activity_change", topic="activity", value=_activity_change, explain=_explain_activity_change
    ),
    Predictor(name="quiet", topic="quiet", value=_quiet, explain=_explain_quiet),
    Predictor(name="open_payment", topic="payment", value=_open_payment, explain=_explain_open_payment),
    Predictor(
        name="failed_payments", topic="payment", value=_failed_payments, explain=_explain_failed_payments
    ),
    Predictor(name="tenure", topic="tenure", value=_tenure, explain=_explain_tenure),
    Predictor(name="annual", topic="renewal", value=_annual, explain=_unexplained),
    Predictor(name="renewal", topic="renewal", value=_renewal, explain=_explain_renewal),
    Predictor(name="cancelled", topic="cancelled", value=_cancelled, explain=_explain_cancelled),
)


def values_of(seen: Observation) -> list[float]:
    """The inputs of the model, in the order of `PREDICTORS`."""
    return [predictor.value(seen) for predictor in PREDICTORS]


def _is_newcomer(seen: Observation) -> bool:
    """Whether the account is younger than the activity window."""
    return seen.snapshot.tenure_days < WINDOW_DAYS


def _days(count: int, noun: str = "day") -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
