"""The figures of a report: curves, reliability, what money decides, and what the riskiest tenths capture. Needs scikit-learn."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from keepwell.churn.arrays import numpy
from keepwell.churn.learning.judgement import LabelledPredictions, judgement_of
from keepwell.churn.report import (
    USUAL_RULE,
    CalibrationError,
    DecileCapture,
    Decisions,
    Figures,
    Interval,
    MoneyRule,
    PrecisionRecallPoint,
    ReliabilityBin,
    RevenueCheck,
    RocPoint,
)

if TYPE_CHECKING:
    from keepwell.churn.arrays import Vector, Whole

_BINS = 10
_MOST_POINTS = 101
_SIMULATIONS = 500
_HIGH = 95
_PLACES = 4


def figures_of(made: LabelledPredictions, *, seed: int, rule: MoneyRule = USUAL_RULE) -> Figures:
    """All figures of the predictions; there must be departures and stays. The same predictions and seed give the same figures."""
    found = judgement_of(made, seed=seed)
    return Figures(
        roc_auc=_rounded(found.auc),
        pr_auc=_rounded(found.average_precision),
        log_loss=_rounded(found.log_loss),
        log_loss_base=round(found.log_loss_base, _PLACES),
        gain=_rounded(found.gain, places=8),
        brier=_rounded(found.brier),
        brier_base=round(found.brier_base, _PLACES),
        expected_over_departed=_rounded(found.calibration),
        roc=_roc(made),
        precision_recall=_precision_recall(made),
        reliability=reliability(made.chances, made.labels),
        calibration_error=calibration_error(made.chances, made.labels, seed=seed),
        decisions=decisions(made, rule),
        capture=capture(made),
        revenue=RevenueCheck(
            revenue_at_risk=f"{made.chances @ made.mrr:.2f}",
            revenue_lost=f"{made.labels @ made.mrr:.2f}",
            ratio=None if found.money is None else _rounded(found.money),
        ),
    )


def reliability(chances: Vector, labels: Whole) -> Sequence[ReliabilityBin]:
    """The rows in ten equal parts by probability; fewer if there are fewer rows."""
    from scipy.stats import binomtest  # noqa: PLC0415  only training needs it

    bins = []
    for predicted, left in zip(*(_in_bins(each, chances) for each in (chances, labels)), strict=True):
        interval = binomtest(int(left.sum()), len(left)).proportion_ci(method="wilson")
        bins.append(
            ReliabilityBin(
                snapshots=len(left),
                predicted=round(float(predicted.mean()), _PLACES),
                departed=round(float(left.mean()), _PLACES),
                departed_low=round(float(interval.low), _PLACES),
                departed_high=round(float(interval.high), _PLACES),
            )
        )
    return bins


def calibration_error(chances: Vector, labels: Whole, *, seed: int) -> CalibrationError:
    """The ECE over the reliability bins, beside those of simulated outcomes for which the probabilities are exactly right."""
    np = numpy()
    ordered = np.sort(chances, kind="stable")
    starts = _starts(len(ordered))
    predicted = np.add.reduceat(ordered, starts)

    def ece(outcomes: Whole) -> float:
        return float(np.abs(np.add.reduceat(outcomes, starts) - predicted).sum() / len(ordered))

    random = np.random.default_rng(seed)
    simulated = [ece(random.random(len(ordered)) < ordered) for _ in range(_SIMULATIONS)]
    return CalibrationError(
        ece=round(ece(labels[np.argsort(chances, kind="stable")]), 5),
        perfect_mean=round(float(np.mean(simulated)), 5),
        perfect_high=round(float(np.percentile(simulated, _HIGH)), 5),
    )


def decisions(made: LabelledPredictions, rule: MoneyRule) -> Decisions:
    """The confusion matrix of contacting everybody whose contact pays under the `rule`."""
    contacted = made.chances * made.mrr >= rule.least_revenue_at_risk
    left = made.labels == 1
    counts = [int((which & what).sum()) for which in (contacted, ~contacted) for what in (left, ~left)]
    mean_mrr = float(made.mrr.mean())
    return Decisions(
        rule=rule,
        from_revenue_at_risk=round(rule.least_revenue_at_risk, 2),
        from_probability=1.0
        if mean_mrr <= 0
        else round(min(1.0, rule.least_revenue_at_risk / mean_mrr), _PLACES),
        contacted_left=counts[0],
        contacted_stayed=counts[1],
        not_contacted_left=counts[2],
        not_contacted_stayed=counts[3],
        precision=_share(counts[0], counts[0] + counts[1]),
        recall=_share(counts[0], counts[0] + counts[2]),
    )


def capture(made: LabelledPredictions) -> Sequence[DecileCapture]:
    """Of all departures and of all lost MRR, what the riskiest tenths so far contain."""
    np = numpy()
    lost = made.labels * made.mrr
    by_chance = made.labels[np.argsort(-made.chances, kind="stable")]
    by_money = lost[np.argsort(-made.chances * made.mrr, kind="stable")]
    ends = [round(len(lost) * tenth / _BINS) for tenth in range(1, _BINS + 1)]
    return [
        DecileCapture(
            decile=number,
            of_departures=round(float(by_chance[:end].sum() / made.labels.sum()), _PLACES),
            of_lost_mrr=_share(float(by_money[:end].sum()), float(lost.sum())),
        )
        for number, end in enumerate(ends, start=1)
    ]


def _roc(made: LabelledPredictions) -> Sequence[RocPoint]:
    from sklearn.metrics import roc_curve  # noqa: PLC0415  only training needs it

    false_positives, true_positives, _ = roc_curve(made.labels, made.chances)
    return [RocPoint(*each) for each in _thinned(false_positives, true_positives)]


def _precision_recall(made: LabelledPredictions) -> Sequence[PrecisionRecallPoint]:
    """At each hundredth of recall the first point that reaches it, since this curve has no straight lines (Davis and Goadrich 2006)."""
    from sklearn.metrics import precision_recall_curve  # noqa: PLC0415  only training needs it

    np = numpy()
    precision, recall, _ = precision_recall_curve(made.labels, made.chances)
    precision, recall = precision[::-1], recall[::-1]
    # A little less, since 7 of 100 departures may come to a hair less than 0.07.
    places = np.unique(np.searchsorted(recall, np.linspace(0, 1, _MOST_POINTS) - 1e-9))
    return [PrecisionRecallPoint(*each) for each in _points(recall, precision, places.tolist())]


def _points(across: Vector, up: Vector, places: Iterable[int]) -> Sequence[tuple[float, float]]:
    return [(round(float(across[place]), _PLACES), round(float(up[place]), _PLACES)) for place in places]


def _thinned(across: Vector, up: Vector) -> Sequence[tuple[float, float]]:
    """At most 101 points of a curve with straight lines: both ends, and again and again the point that a line through those so far misses most.

    (Ramer 1972, Douglas and Peucker 1973.) The riskiest few hundred rows bend a curve more than all others.
    """
    last = len(across) - 1
    kept, gaps = {0, last}, [_furthest(across, up, start=0, end=last)]
    while len(kept) < _MOST_POINTS and gaps and gaps[0].distance < 0:
        gap = heapq.heappop(gaps)
        kept.add(gap.place)
        heapq.heappush(gaps, _furthest(across, up, start=gap.start, end=gap.place))
        heapq.heappush(gaps, _furthest(across, up, start=gap.place, end=gap.end))
    return _points(across, up, sorted(kept))


class _Gap(NamedTuple):
    """The point between two others that is furthest from the line through them: its distance, negative for a heap, and the places."""

    distance: float
    place: int
    start: int
    end: int


def _furthest(across: Vector, up: Vector, *, start: int, end: int) -> _Gap:
    np = numpy()
    if end - start < 2:  # noqa: PLR2004  nothing is between them
        return _Gap(0.0, start, start, end)
    right, rise = float(across[end] - across[start]), float(up[end] - up[start])
    moved = across[start + 1 : end] - across[start], up[start + 1 : end] - up[start]
    length = math.hypot(right, rise)
    distances = np.abs(moved[0] * rise - moved[1] * right) / length if length else np.hypot(*moved)
    furthest = int(np.argmax(distances))
    return _Gap(-float(distances[furthest]), start + 1 + furthest, start, end)


def _in_bins(values: Vector | Whole, chances: Vector) -> Sequence[Vector]:
    np = numpy()
    ordered = values[np.argsort(chances, kind="stable")]
    parts: Sequence[Vector] = np.split(ordered, _starts(len(ordered))[1:])
    return parts


def _starts(rows: int) -> Whole:
    np = numpy()
    starts: Whole = np.unique(np.arange(_BINS) * rows // _BINS)
    return starts


def _share(part: float, whole: float) -> float | None:
    return round(part / whole, _PLACES) if whole else None


def _rounded(found: Interval, *, places: int = _PLACES) -> Interval:
    return Interval(round(found.value, places), round(found.low, places), round(found.high, places))
