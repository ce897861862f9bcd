"""Judges predictions that were made before the outcome was known: whether they help, rank, and are calibrated.

The three are judged apart. A model may rank well and be wrong about how many leave, and the other way round. Intervals are by a
bootstrap over accounts, not snapshots: snapshots of one account are not independent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from keepwell.churn.arrays import numpy
from keepwell.churn.learning.examples import ExampleTable
from keepwell.churn.report import Interval

if TYPE_CHECKING:
    from keepwell.churn.arrays import Mask, Vector, Whole

# An input that ranks so well alone is hardly a cause.
LABEL_AUC = 0.95
# A sample with so many departures is never so far off.
_SAMPLED, _LIKELY_AUC = 1_000, 0.9
_RESAMPLES = 500
# Areas under curves cost a pass over all rows, and fewer resamples bound them well enough.
_RANKED = 200
_LEAST_CHANCE = 1e-12
_BOUNDS = (2.5, 97.5)
# Their places among what is summed by account.
_DEPARTED, _STAYED = 4, 5


class LabelledPredictions(msgspec.Struct, frozen=True, kw_only=True):
    """What a model and the base rate predicted for each row, what happened, its account's number and its MRR a month."""

    chances: Vector
    base: Vector
    labels: Whole
    accounts: Whole
    mrr: Vector

    def where(self, mask: Mask) -> LabelledPredictions:
        """The rows that `mask` selects."""
        return LabelledPredictions(**{name: getattr(self, name)[mask] for name in self.__struct_fields__})


class Judgement(NamedTuple):
    """Each figure with 95 % of its bootstrap over accounts.

    The gain is the base rate's mean log loss less the model's: above zero if the model helps. The calibration is the number of
    departures predicted over the number that happened: 1 if the model knew how many leave. `money` is the same of MRR, revenue at
    risk over revenue lost; None if no MRR was lost.
    """

    auc: Interval
    average_precision: Interval
    log_loss: Interval
    gain: Interval
    brier: Interval
    calibration: Interval
    money: Interval | None
    log_loss_base: float
    brier_base: float


class Difference(NamedTuple):
    """A difference of mean log losses, snapshot by snapshot, and the standard error of it."""

    interval: Interval
    standard_error: float


def judgement_of(made: LabelledPredictions, *, seed: int) -> Judgement:
    """The predictions judged by resamples of whole accounts; there must be departures and stays."""
    np = numpy()
    summed = _ByAccount(made)
    values = summed.figures(np.ones(summed.accounts, dtype=np.int64))
    drawn = [
        summed.figures(weights, is_ranked=number < _RANKED)
        for number, weights in enumerate(_resamples(summed.accounts, seed=seed))
        if summed.has_both(weights)
    ]
    bounds = np.nanpercentile(np.array(drawn or [values]), _BOUNDS, axis=0).T.tolist()
    auc, precision, loss, gain, brier, calibration, money = (
        Interval(value, *each) for value, each in zip(values, bounds, strict=True)
    )
    return Judgement(
        auc=auc,
        average_precision=precision,
        log_loss=loss,
        gain=gain,
        brier=brier,
        calibration=calibration,
        money=money if summed.is_lost else None,
        log_loss_base=float(log_losses(made.base, made.labels).mean()),
        brier_base=float(((made.base - made.labels) ** 2).mean()),
    )


class _ByAccount:
    """Predictions summed by account: a bootstrap asks hundreds of times for the figures of other weights of the accounts.

    `accounts` is their number; `is_lost` says whether somebody who left paid anything.
    """

    def __init__(self, made: LabelledPredictions) -> None:
        np = numpy()
        names, account_of = np.unique(made.accounts, return_inverse=True)
        loss, base_loss = (log_losses(each, made.labels) for each in (made.chances, made.base))
        summed = (
            loss,
            base_loss - loss,
            (made.chances - made.labels) ** 2,
            made.chances,
            made.labels,
            1 - made.labels,
            made.chances * made.mrr,
            made.labels * made.mrr,
        )
        self.accounts = len(names)
        self.is_lost = bool((made.labels * made.mrr).any())
        self._sums = np.stack(
            [np.bincount(account_of, weights=each, minlength=len(names)) for each in summed]
        )
        self._has_left, self._has_stayed = self._sums[_DEPARTED] > 0, self._sums[_STAYED] > 0
        self._ranked = _Ranked(made.chances, made.labels, account_of)

    def has_both(self, weights: Whole) -> bool:
        """Whether somebody who left and somebody who stayed has a weight."""
        return bool(weights[self._has_left].any() and weights[self._has_stayed].any())

    def figures(self, weights: Whole, *, is_ranked: bool = True) -> tuple[float, ...]:
        """The figures of a Judgement in its order; the areas are NaN unless `is_ranked`, and money is if nothing was lost by chance."""
        np = numpy()
        loss, gain, error, expected, departed, stayed, at_risk, lost = (self._sums @ weights).tolist()
        rows = departed + stayed
        areas = self._ranked.areas(weights) if is_ranked else (np.nan, np.nan)
        money = at_risk / lost if lost > 0 else np.nan
        return (
            *areas, loss / rows, gain / rows, error / rows, expected / departed, money if self.is_lost else 0.0,
        )  # fmt: skip


def behind(losses: Vector, least: Vector, *, accounts: Whole, seed: int) -> Difference:
    """How far the `losses` are behind the `least` ones of the same rows, by a bootstrap over accounts."""
    np = numpy()
    names, account_of = np.unique(accounts, return_inverse=True)
    counts = np.bincount(account_of, minlength=len(names))
    summed = np.bincount(account_of, weights=losses - least, minlength=len(names))
    drawn = np.array([each @ summed / (each @ counts) for each in _resamples(len(names), seed=seed)])
    low, high = np.percentile(drawn, _BOUNDS).tolist()
    return Difference(Interval(float((losses - least).mean()), low, high), float(drawn.std()))


def log_losses(chances: Vector, labels: Whole) -> Vector:
    """The log loss of each prediction; one that was certain and wrong costs as much as one that was nearly so."""
    np = numpy()
    chances = np.clip(chances, _LEAST_CHANCE, 1 - _LEAST_CHANCE)
    losses: Vector = -np.log(np.where(labels == 1, chances, 1 - chances))
    return losses


def weighted_auc(scores: Vector, labels: Whole) -> Callable[[Vector], float]:
    """The AUC of `scores` as a function of the rows' weights; rows of one score win half of their pairs."""
    ranked = _Ranked(scores, labels, numpy().arange(len(labels)))
    return lambda weights: ranked.areas(weights)[0]


def average_precision(scores: Vector, labels: Whole) -> Callable[[Vector], float]:
    """The area under the precision-recall curve, by steps, as a function of the rows' weights."""
    ranked = _Ranked(scores, labels, numpy().arange(len(labels)))
    return lambda weights: ranked.areas(weights)[1]


class _Ranked:
    """The areas under both curves by weights: sorted once, since a bootstrap asks hundreds of times.

    `account_of` is the place of each row's account among the weights. Rows of one score share a place. Both areas are sums over the
    rows that left, which are few.
    """

    def __init__(self, scores: Vector, labels: Whole, account_of: Whole) -> None:
        np = numpy()
        order = np.argsort(scores)
        ranked = scores[order]
        firsts = np.flatnonzero(np.concatenate([[True], ranked[1:] != ranked[:-1]]))
        self._accounts = account_of[order]
        self._left = np.flatnonzero(labels[order] == 1)
        place = np.searchsorted(firsts, self._left, side="right")
        # The first row of each one's place, and the first after it; and the same among the rows that left.
        self._first, self._after = firsts[place - 1], np.append(firsts, len(ranked))[place]
        self._first_left, self._after_left = (
            np.searchsorted(self._left, each) for each in (self._first, self._after)
        )

    def areas(self, weights: Vector | Whole) -> tuple[float, float]:
        """The area under the ROC curve, and the one under the precision-recall curve, by steps."""
        np = numpy()
        of_rows = weights[self._accounts]
        own = of_rows[self._left]
        before, left_before = (np.concatenate([[0.0], np.cumsum(each)]) for each in (of_rows, own))
        all_, departed = float(before[-1]), float(left_before[-1])
        below = before[self._first] - left_before[self._first_left]
        upto = before[self._after] - left_before[self._after_left]
        roc = float(own @ (below + upto)) / 2 / (departed * (all_ - departed))
        above, left_above = all_ - before[self._first], departed - left_before[self._first_left]
        precision = np.divide(left_above, above, out=np.zeros_like(above), where=above > 0)
        return roc, float(own @ precision) / departed


def probable_labels(table: ExampleTable) -> dict[str, float]:
    """The inputs that rank almost all departures right alone, with their AUC: they are probably the label under another name.

    An unknown value has a rank of its own, first below and then above all known ones: that it is missing may be the label as well.
    Of very many rows, an even sample tells which inputs are looked at in full.
    """
    sample = slice(None, None, max(1, int(table.labels.sum()) // _SAMPLED))
    likely = [
        (name, column)
        for name, column in zip(table.names, table.inputs.T, strict=True)
        if _auc_alone(column[sample], table.labels[sample]) >= _LIKELY_AUC
    ]
    found = {name: _auc_alone(column, table.labels) for name, column in likely}
    return {name: auc for name, auc in found.items() if auc >= LABEL_AUC}


def _auc_alone(column: Vector, labels: Whole) -> float:
    """The AUC of the column, by whichever direction and place of the unknown values is best."""
    np = numpy()
    weights = np.ones(len(labels))
    ranks = (-np.inf, np.inf) if np.isnan(column).any() else (0.0,)
    aucs = [weighted_auc(np.nan_to_num(column, nan=unknown), labels)(weights) for unknown in ranks]
    return max(max(each, 1 - each) for each in aucs)


def _resamples(size: int, *, seed: int) -> Iterator[Whole]:
    np = numpy()
    random = np.random.default_rng(seed)
    for _ in range(_RESAMPLES):
        yield np.bincount(random.integers(0, size, size), minlength=size)
