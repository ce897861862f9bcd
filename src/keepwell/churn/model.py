"""Churn risk: observations of an account on a day, its score with reasons, and the model's evaluation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Literal
from uuid import UUID

import msgspec

from keepwell.platform.errors import DomainError
from keepwell.platform.holdout import HoldoutKind

DEFAULT_HORIZON_DAYS = 30
_AUC_OF_CHANCE = 0.5
_PROBABILITY_PLACES = 4

ProblemKind = Literal["failed", "unpaid"]
# Whether the data predict who leaves: tested and so, tested and not so, or not tested for want of departures.
Signal = Literal["found", "not_found", "not_tested"]


class NothingToScore(DomainError):
    """No account pays, so none can be lost."""

    code = "nothing-to-score"


class TooLittleHistory(DomainError):
    """The records do not reach back far enough to see who left."""

    code = "too-little-history"


class ChurnKind(StrEnum):
    """Involuntary: the account is about to be lost over a failed payment, not by its own decision."""

    VOLUNTARY = "voluntary"
    INVOLUNTARY = "involuntary"


# The holdout that an account on the save list belongs to.
HOLDOUTS: Mapping[ChurnKind, HoldoutKind] = {
    ChurnKind.VOLUNTARY: "follow_up",
    ChurnKind.INVOLUNTARY: "dunning",
}


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """A paying account as its subscriptions stood at the start of the day `as_of`.

    `paid_until` is the first day on which it could be without service: the latest announced end or
    next renewal of its subscriptions. `cancelled_on` is set if all of them were cancelled before that day.
    """

    account_id: UUID
    external_id: str
    as_of: date
    plan: str
    mrr: Fraction
    tenure_days: int
    is_annual: bool
    paid_until: date
    cancelled_on: date | None = None

    @property
    def has_cancelled(self) -> bool:
        """Whether the account has announced that it leaves."""
        return self.cancelled_on is not None

    @property
    def paid_days_left(self) -> int:
        """Days from `as_of` until `paid_until`."""
        return (self.paid_until - self.as_of).days


class ActivityFeatures(msgspec.Struct, frozen=True, kw_only=True):
    """Usage and payments before a snapshot's day, in windows of 28 days; payments do not count as usage.

    `quiet_days` counts whole days since the last active one, `usual_gap_days` is the mean distance
    between active days; both are None if there are too few active days. `open_payment_days` counts from a
    failed payment that was not recovered, `overdue_days` from the day the oldest unpaid invoice was due.
    """

    active_days: int = 0
    active_days_before: int = 0
    quiet_days: int | None = None
    usual_gap_days: float | None = None
    failed_payments: int = 0
    open_payment_days: int | None = None
    overdue_days: int | None = None

    @property
    def has_open_payment(self) -> bool:
        """Whether a payment failed and is still open, or an invoice is overdue."""
        return self.open_payment_days is not None or self.overdue_days is not None


class PaymentProblem(msgspec.Struct, frozen=True):
    """A charge that failed, or an invoice that was not paid by its due day.

    `since` is the day it failed or was due, `until` the day it was paid; None if it is still open.
    """

    account_id: UUID
    kind: ProblemKind
    since: date
    until: date | None


class Observation(msgspec.Struct, frozen=True):
    """Everything the model may know about one account on one day."""

    snapshot: Snapshot
    activity: ActivityFeatures


class Reason(msgspec.Struct, frozen=True):
    """Why an account is at risk: a stable code, and a sentence with the account's own numbers."""

    code: str
    text: str


class Evaluation(msgspec.Struct, frozen=True, kw_only=True):
    """The model's performance on the latest snapshots, which it was not trained on.

    Only accounts that had not announced their leaving are counted: that they leave is no prediction.
    `auc_low` and `auc_high` bound 95 % of a bootstrap over accounts; `brier_base` is the Brier score
    of giving everyone the base rate. All are None if too few accounts left to evaluate: then nothing was tested.
    """

    held_out_from: date
    snapshots: int
    churned: int
    auc: float | None = None
    auc_low: float | None = None
    auc_high: float | None = None
    brier: float | None = None
    brier_base: float | None = None

    @property
    def signal(self) -> Signal:
        """Found if it ranks better than chance and its probabilities beat the base rate."""
        if self.auc_low is None or self.brier is None or self.brier_base is None:
            return "not_tested"
        is_better = self.auc_low > _AUC_OF_CHANCE and self.brier < self.brier_base
        return "found" if is_better else "not_found"


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """One account's place in the save list."""

    rank: int
    account_id: UUID
    plan: str
    mrr: Decimal
    probability: float
    revenue_at_risk: Decimal
    kind: ChurnKind
    reasons: Sequence[Reason]


class ChurnModel(msgspec.Struct, frozen=True, kw_only=True):
    """A trained model as clients see it; unless a `signal` was found, the list is ranked by MRR alone.

    The `statement` says what was tested, or why nothing was.
    """

    version: int
    trained_at: datetime
    horizon_days: int
    signal: Signal
    statement: str
    evaluation: Evaluation


def kind_of(observation: Observation) -> ChurnKind:
    """Involuntary if a payment is open and the account has not cancelled."""
    if observation.activity.has_open_payment and not observation.snapshot.has_cancelled:
        return ChurnKind.INVOLUNTARY
    return ChurnKind.VOLUNTARY


def rounded_probability(probability: float) -> Decimal:
    """The probability as shown and as used for revenue at risk: four places."""
    return Decimal(str(round(probability, _PROBABILITY_PLACES)))
