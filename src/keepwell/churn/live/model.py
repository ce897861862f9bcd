"""What a model's scores turned out to be worth: figures of lists whose horizon has ended, and the verdict on the model. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal

import msgspec

from keepwell.churn.report import Interval

# How probabilities can be wrong: more or fewer accounts leave than they say; or they tell accounts apart more, or less, than what happens.
BreakName = Literal["more_left", "fewer_left", "overconfident", "underconfident"]
BREAKS: Sequence[BreakName] = ("more_left", "fewer_left", "overconfident", "underconfident")
# Nothing has matured yet; the probabilities hold; they do not.
VerdictState = Literal["waiting", "quiet", "broken"]
# A year's stakes, times this, are a break: without one that happens in at most one year of so many.
BROKEN_AT = 12.0


class LiveFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What happened to the accounts of one list or several, beside what their probabilities said.

    `expected` is the number of departures that the probabilities sum to, and from `likely_from` to `likely_to` a number that chance alone
    gives in 95 of 100 cases if they are right. `expected_log_loss` is the one of probabilities that are right; the rest is the model's
    error. Log loss, Brier score, AUC and ratios are None with fewer than ten accounts that left, or that stayed, and `not_judged` says
    so. MRR is a month, in the report's currency; None if the label knows no money. `unknown` accounts were scored, and what became of
    them is not known: they are in no figure.
    """

    lists: int
    snapshots: int
    accounts: int
    unknown: int
    departed: int
    expected: float
    likely_from: int
    likely_to: int
    expected_log_loss: float
    roc_auc: Interval | None = None
    log_loss: Interval | None = None
    log_loss_base: float | None = None
    gain: Interval | None = None
    brier: Interval | None = None
    expected_over_departed: Interval | None = None
    revenue_at_risk: str | None = None
    revenue_lost: str | None = None
    revenue_ratio: Interval | None = None
    not_judged: str | None = None


class ExpectedFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What figures will be on average if the probabilities are right (confidence-based performance estimation); no proof that they are."""

    departed: float
    roc_auc: float | None
    average_precision: float | None
    log_loss: float
    brier: float


class Wagers(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody owns who bets against the probabilities, after the list of `as_of`.

    `owned` has one amount for each bet, in shares of a year's stakes, `lists` is the number of lists that were bet on since the test began,
    on the list of `began_on`, and `model_version` the model that made the latest of them. `departed` and `expected` are
    the sums over these lists. `broken_on` is the list on which the amounts reached `BROKEN_AT`, and `broken_by` what paid most then.
    """

    as_of: date
    began_on: date
    model_version: int
    lists: int
    owned: Sequence[float]
    departed: int
    expected: float
    broken_on: date | None = None
    broken_by: BreakName | None = None

    @property
    def multiple(self) -> float:
        """All that is owned, as a multiple of a year's stakes: the evidence against the probabilities."""
        return sum(self.owned)


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the served probabilities hold, by a test that may be looked at after every list.

    `broken` says that they do not, since the list of `broken_on`, and by what; it stays until another model is served. `evidence` is the multiple
    of a year's stakes; a break is at `evidence_needed`. `next_on` is the day from which the next list can be judged, if lists keep
    coming and the records reach so far. `smallest_visible` is the smallest ratio of departures to the expected ones that this shop finds
    within a year in four cases of five; None if even three times as many would be missed.
    """

    state: VerdictState
    lists: int = 0
    departed: int = 0
    expected: float = 0.0
    evidence: float = 0.0
    evidence_needed: float = BROKEN_AT
    broken_by: BreakName | None = None
    broken_on: date | None = None
    model_version: int | None = None
    next_on: date | None = None
    smallest_visible: float | None = None

    @property
    def needs_challenger(self) -> bool:
        """Whether labelled outcomes broke the bound; drift of inputs alone never does."""
        return self.state == "broken"


class TestedList(msgspec.Struct, frozen=True, kw_only=True):
    """The test after one list: `departed` and `expected` are of all its lists so far, `evidence` is what is owned then.

    `figures` are of this list alone; null if it is not judged yet.
    """

    run: int
    as_of: date
    model_version: int
    departed: int
    expected: float
    evidence: float
    is_broken: bool
    figures: LiveFigures | None


class Baseline(msgspec.Struct, frozen=True, kw_only=True):
    """What the report of the served model says of its held-out predictions: what live figures stand beside."""

    roc_auc: Interval
    log_loss: Interval
    brier: Interval
    gain: Interval
    expected_over_departed: Interval
    revenue_ratio: Interval | None


class LiveReport(msgspec.Struct, frozen=True, kw_only=True):
    """What the lists so far turned out to be worth, beside the held-out `baseline` of the served model.

    `together` are the lists of the test, which do not overlap, newest horizon last; `left_alone` those of their accounts that were left alone. Both
    are null before a list has matured. `expected` is what the figures of the newest list will be on average if its probabilities are
    right. `tests` has one entry for each list that was bet on, newest first, up to sixty. `verdict` is null before the first training.
    """

    verdict: Verdict | None
    currency: str
    baseline: Baseline | None = None
    together: LiveFigures | None = None
    left_alone: LiveFigures | None = None
    expected: ExpectedFigures | None = None
    tests: Sequence[TestedList] = ()


class JudgedList(msgspec.Struct, frozen=True, kw_only=True):
    """A list, judged when `known_days` of the days of its horizon were on record."""

    run: int
    as_of: date
    model_version: int
    horizon_days: int
    known_days: int
    judged_at: datetime
    figures: LiveFigures
    left_alone: LiveFigures | None


class JudgedListPage(msgspec.Struct, frozen=True):
    """A page of judged lists."""

    items: Sequence[JudgedList]
    next: str | None


class Break(msgspec.Struct, frozen=True, kw_only=True):
    """The served probabilities do not hold since the list of `as_of`: so many left of those expected, on the lists of the test."""

    run: int
    as_of: date
    model_version: int
    broken_by: BreakName
    lists: int
    departed: int
    expected: float


class Drift(msgspec.Struct, frozen=True, kw_only=True):
    """Inputs that are further from the training than chance takes them, and were not at any look of the four weeks before."""

    run: int
    as_of: date
    model_version: int
    drifted: Sequence[str]
