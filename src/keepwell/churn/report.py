"""The report of a model: which rungs of the ladder were tried, which was chosen and why, and how good its predictions were.

Every figure is of predictions that were made before the outcome was known. Shares and probabilities are from 0 to 1, MRR is in the
report's currency a month, and intervals are 95 % of a bootstrap over accounts, whose snapshots are not independent.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal

import msgspec

# From the simplest to the most complex.
RungName = Literal["base_rate", "recency", "rfm", "logistic", "tree", "boosting"]
RUNGS: Sequence[RungName] = ("base_rate", "recency", "rfm", "logistic", "tree", "boosting")
# What is fitted where nobody asks for the ladder, such as in the demo: what the ladder chooses on the sample business.
USUAL_RUNG: RungName = "logistic"
CalibrationName = Literal["platt", "isotonic", "none"]
# Accounts that had not cancelled; of these, those without an open payment, which a person works with; and these by how they pay.
PopulationName = Literal["not_cancelled", "to_work_with", "to_work_with_monthly", "to_work_with_annual"]

# Said in place of the figures of a test that is suspect, also of a stored report: they look best of all.
PROVES_NOTHING = (
    "The figures of this test are left out, because it proves nothing: an input is probably the label itself."
)


class Interval(msgspec.Struct, frozen=True):
    """A figure with the bounds of its interval."""

    value: float
    low: float
    high: float


class RungResult(msgspec.Struct, frozen=True, kw_only=True):
    """One rung, judged like all others; `not_fitted` says why if it was not, and then it has no figures.

    `behind` is its log loss less that of the rung with the least, snapshot by snapshot, and `standard_error` that of the
    difference by a paired bootstrap. The rung `is_tied` if it is at most one standard error behind.
    """

    name: RungName
    inputs: Sequence[str] = ()
    calibration: CalibrationName | None = None
    log_loss: float | None = None
    roc_auc: float | None = None
    brier: float | None = None
    behind: Interval | None = None
    standard_error: float | None = None
    is_tied: bool = False
    is_chosen: bool = False
    not_fitted: str | None = None


class HistoryResult(msgspec.Struct, frozen=True, kw_only=True):
    """How well the logistic rung predicts if it learns from the latest `days` before each origin only; null is all of them."""

    days: int | None
    log_loss: float
    behind: Interval
    standard_error: float
    is_tied: bool
    is_chosen: bool


class UntouchedTest(msgspec.Struct, frozen=True, kw_only=True):
    """The rung that would have been chosen without the snapshots from `since` on, tested on those alone: no choice has seen them."""

    since: date
    rung: RungName
    snapshots: int
    departed: int
    roc_auc: float
    log_loss: float
    log_loss_base: float
    gain: Interval


class RocPoint(msgspec.Struct, frozen=True):
    """A point of the ROC curve."""

    false_positive_rate: float
    true_positive_rate: float


class PrecisionRecallPoint(msgspec.Struct, frozen=True):
    """A point of the precision-recall curve: the precision where that recall is first reached, from the riskiest rows down.

    A report has one for each hundredth of recall at most; between two of them the precision is that of the second.
    """

    recall: float
    precision: float


class ReliabilityBin(msgspec.Struct, frozen=True, kw_only=True):
    """A tenth of the snapshots by probability: what was predicted on average, and the share that left, with its Wilson interval."""

    snapshots: int
    predicted: float
    departed: float
    departed_low: float
    departed_high: float


class CalibrationError(msgspec.Struct, frozen=True, kw_only=True):
    """The expected calibration error, beside that of a model that is perfectly calibrated.

    `ece` is the mean distance of prediction and share over the reliability bins. A perfect model of the same predictions has one
    above zero too, by chance: `perfect_mean` on average and `perfect_high` at its 95th percentile, by simulation.
    """

    ece: float
    perfect_mean: float
    perfect_high: float


class MoneyRule(msgspec.Struct, frozen=True, kw_only=True):
    """The rule by which accounts are contacted: those whose revenue at risk is worth more than the contact costs.

    Of accounts that would leave, a contact keeps the share `kept_share` for `kept_months` months and costs `contact_cost` in the
    report's currency. So it pays from a revenue at risk (probability times MRR) of contact_cost / (kept_share * kept_months) on.
    The defaults are a policy, not a measurement.
    """

    contact_cost: float = 25.0
    kept_share: float = 0.1
    kept_months: float = 12.0

    @property
    def least_revenue_at_risk(self) -> float:
        """The revenue at risk, a month, from which a contact pays."""
        return self.contact_cost / (self.kept_share * self.kept_months)


USUAL_RULE = MoneyRule()


class Decisions(msgspec.Struct, frozen=True, kw_only=True):
    """The confusion matrix of the rule: contacted or not, left or not. Null means that nobody was contacted, or that nobody left.

    `from_revenue_at_risk` is a month, in the report's currency; `from_probability` is the same for an account of mean MRR.
    """

    rule: MoneyRule
    from_revenue_at_risk: float
    from_probability: float
    contacted_left: int
    contacted_stayed: int
    not_contacted_left: int
    not_contacted_stayed: int
    precision: float | None
    recall: float | None


class DecileCapture(msgspec.Struct, frozen=True, kw_only=True):
    """The riskiest tenths up to this one: their share of all departures if ranked by probability, and of all lost MRR if by revenue at risk."""

    decile: int
    of_departures: float
    of_lost_mrr: float | None


class RevenueCheck(msgspec.Struct, frozen=True, kw_only=True):
    """Revenue at risk, summed over all snapshots, against the MRR that was then lost; the `ratio` is null if none was."""

    revenue_at_risk: str
    revenue_lost: str
    ratio: Interval | None


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """How good the predictions of one population were.

    `expected_over_departed` is 1 if the model knew how many leave. `gain` is the log loss of the base rate less the model's.
    """

    roc_auc: Interval
    pr_auc: Interval
    log_loss: Interval
    log_loss_base: float
    gain: Interval
    brier: Interval
    brier_base: float
    expected_over_departed: Interval
    roc: Sequence[RocPoint]
    precision_recall: Sequence[PrecisionRecallPoint]
    reliability: Sequence[ReliabilityBin]
    calibration_error: CalibrationError
    decisions: Decisions
    capture: Sequence[DecileCapture]
    revenue: RevenueCheck


class Population(msgspec.Struct, frozen=True, kw_only=True):
    """The predicted snapshots of some accounts; `not_tested` says why there are no figures, if there are none."""

    name: PopulationName
    snapshots: int
    accounts: int
    departed: int
    figures: Figures | None
    not_tested: str | None = None


class ModelReport(msgspec.Struct, frozen=True, kw_only=True):
    """How a model was chosen, and how good it is; predictions begin with `held_out_from`.

    Each rung was fitted on everything before an origin, and predicted what came until the next. `chosen` is the rung whose log
    loss is least, or the simplest one that is tied with it; `why` says so in a sentence.
    """

    held_out_from: date
    origins: Sequence[date]
    chosen: RungName
    why: str
    calibration: CalibrationName | None
    history_days: int | None
    rungs: Sequence[RungResult]
    histories: Sequence[HistoryResult]
    untouched: UntouchedTest | None
    populations: Sequence[Population]
