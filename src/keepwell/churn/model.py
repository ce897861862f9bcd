"""Churn risk: observations of an account on a day, its score with reasons, and the model's evaluation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Literal, NamedTuple
from uuid import UUID

import msgspec

from keepwell.churn.label import Label
from keepwell.platform.errors import DomainError
from keepwell.platform.holdout import HoldoutKind

DEFAULT_HORIZON_DAYS = 30
PAYMENT_FAILED, PAYMENT_RECOVERED, TICKET_OPENED = "payment_failed", "payment_recovered", "ticket_opened"
# What happens to a customer, or because something does not work, is no use of the product.
NO_USAGE_EVENTS = (
    PAYMENT_FAILED,
    PAYMENT_RECOVERED,
    "payment_succeeded",
    "payment_refunded",
    TICKET_OPENED,
)
_PROBABILITY_PLACES = 4

ProblemKind = Literal["failed", "unpaid"]
# Whether the data predict who leaves: tested and so, tested and not so, not tested for want of departures, or too good to be
# true, because an input is probably the label itself.
Signal = Literal["found", "not_found", "not_tested", "suspect"]


class NothingToScore(DomainError):
    """No account pays, or none is active, so none can be lost."""

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


# The codes of reasons that are a warning by themselves, and of those about usage.
USAGE_CODES = ("activity_down", "activity_low", "quiet", "event_stopped")
WARNING_CODES = (*USAGE_CODES, "cancelled", "payment_open", "payments_failed")


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """An account as it was looked at at the start of the day `as_of`; without subscriptions, its plan is empty and `mrr` its mean spend.

    `paid_until` is the first day on which it could be without service: the latest announced end or
    next renewal of its subscriptions; None without any. `cancelled_on` is set if all of them were cancelled before that day.
    """

    account_id: UUID
    external_id: str
    as_of: date
    plan: str
    mrr: Fraction
    tenure_days: int
    is_annual: bool
    paid_until: date | None
    cancelled_on: date | None = None

    @property
    def has_cancelled(self) -> bool:
        """Whether the account has announced that it leaves."""
        return self.cancelled_on is not None

    @property
    def paid_days_left(self) -> int:
        """Days from `as_of` until `paid_until`, which must be known."""
        assert self.paid_until is not None  # noqa: S101  for mypy: only an account with a subscription can cancel it
        return (self.paid_until - self.as_of).days


class Windows(NamedTuple):
    """The days of the short, the middle and the long window before a snapshot."""

    short: int
    mid: int
    long: int


def windows_of(horizon_days: int) -> Windows:
    """A third of the horizon, the horizon, and twice the horizon: what says something about a month says little about a year."""
    return Windows(max(1, round(horizon_days / 3)), horizon_days, 2 * horizon_days)


class PaymentProblem(msgspec.Struct, frozen=True):
    """A charge that failed, or an invoice that was not paid by its due day.

    `since` is the day it failed or was due, `until` the day it was paid; None if it is still open.
    """

    account_id: UUID
    kind: ProblemKind
    since: date
    until: date | None


class Observation(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is known about one account on one day; `values` are the inputs of the model, NaN if unknown.

    `open_payment_days` counts from a failed payment that was not recovered, `overdue_days` from the day the oldest unpaid invoice was
    due; None if there is none.
    """

    snapshot: Snapshot
    windows: Windows
    values: Mapping[str, float]
    open_payment_days: int | None = None
    overdue_days: int | None = None

    @property
    def has_open_payment(self) -> bool:
        """Whether a payment failed and is still open, or an invoice is overdue."""
        return self.open_payment_days is not None or self.overdue_days is not None


class Reason(msgspec.Struct, frozen=True):
    """Why an account is at risk: a stable code, and a sentence with the account's own numbers."""

    code: str
    text: str


class HeldOut(msgspec.Struct, frozen=True, kw_only=True):
    """Predictions of past days by weights that knew nothing later, one entry each: external id, day, probability of leaving.

    `base` is the base rate that was known on the day, and `left` whether the account left. Columns, since there may be millions.
    """

    accounts: Sequence[str] = ()
    days: Sequence[date] = ()
    probabilities: Sequence[float] = ()
    base: Sequence[float] = ()
    left: Sequence[bool] = ()


class Evaluation(msgspec.Struct, frozen=True, kw_only=True):
    """How well the latest snapshots were predicted by models that were fitted on earlier ones only, from `held_out_from` on.

    Only accounts that had not announced their leaving are counted: that they leave is no prediction. Bounds are of 95 % of a
    bootstrap over accounts. `log_loss_base` and `brier_base` are the scores of giving everyone the base rate; the log loss gained
    over it is between `gain_low` and `gain_high`. `calibration` is the number of departures expected over those that
    happened. All are None if too few accounts left to evaluate: then nothing was tested.

    `probable_labels` are inputs that rank nearly everybody right alone. `system_events` reach most accounts within a minute,
    so they are no usage and were left out.
    """

    held_out_from: date
    snapshots: int
    churned: int
    auc: float | None = None
    auc_low: float | None = None
    auc_high: float | None = None
    log_loss: float | None = None
    log_loss_base: float | None = None
    gain_low: float | None = None
    gain_high: float | None = None
    calibration: float | None = None
    calibration_low: float | None = None
    calibration_high: float | None = None
    brier: float | None = None
    brier_base: float | None = None
    probable_labels: Sequence[str] = ()
    system_events: Sequence[str] = ()

    @property
    def signal(self) -> Signal:
        """Found if the probabilities have less log loss than the base rate, with 95 % confidence."""
        if self.gain_low is None:
            return "not_tested"
        if self.probable_labels:
            return "suspect"
        return "found" if self.gain_low > 0 else "not_found"


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """One account's place in the save list; `inputs` is what was seen of it, in the order of the list's names, None for what is unknown."""

    rank: int
    account_id: UUID
    plan: str
    mrr: Decimal
    probability: float
    revenue_at_risk: Decimal
    kind: ChurnKind
    reasons: Sequence[Reason]
    inputs: Sequence[float | None]


class ChurnModel(msgspec.Struct, frozen=True, kw_only=True):
    """A trained model as clients see it; unless a `signal` was found, the list is ranked by money alone.

    The `label` says what it calls leaving, the `statement` what was tested, or why nothing was.
    """

    version: int
    trained_at: datetime
    horizon_days: int
    label: Label
    signal: Signal
    statement: str
    evaluation: Evaluation


def signal_of(evaluation: Evaluation, *, was_found: bool) -> Signal:
    """The signal of a stored evaluation as it was judged then: a later release may judge the same figures otherwise."""
    if evaluation.auc is None:
        return "not_tested"
    if evaluation.probable_labels:
        return "suspect"
    return "found" if was_found else "not_found"


def kind_of(observation: Observation) -> ChurnKind:
    """Involuntary if a payment is open and the account has not cancelled."""
    if observation.has_open_payment and not observation.snapshot.has_cancelled:
        return ChurnKind.INVOLUNTARY
    return ChurnKind.VOLUNTARY


def rounded_probability(probability: float) -> Decimal:
    """The probability as shown and as used for revenue at risk: four places."""
    return Decimal(str(round(probability, _PROBABILITY_PLACES)))
