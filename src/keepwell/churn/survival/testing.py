"""Tests the chances on a later period: how they rank, and how many left of those expected, at each horizon."""

from __future__ import annotations

import math
from datetime import date
from statistics import NormalDist

from keepwell.churn.arrays import numpy
from keepwell.churn.learning.judgement import LabelledPredictions, judgement_of
from keepwell.churn.report import Interval
from keepwell.churn.survival.fitting import CoxModel, fit, is_enough, require_lifelines
from keepwell.churn.survival.model import FEWEST, HORIZONS, HorizonTest, SurvivalTest
from keepwell.churn.survival.spells import Spells, middle_landmark

_Z = NormalDist().inv_cdf(0.975)


def survival_test(spells: Spells, *, until: date, seed: int) -> SurvivalTest:
    """Fit on what was known by the middle landmark, and test on the landmarks from there on; the records end on `until`."""
    since = middle_landmark(spells.landmarks.tolist())
    earlier = spells.known_on(since)
    model = fit(earlier) if len(earlier.left) and is_enough(earlier) else None
    return SurvivalTest(
        since=since,
        concordance=None if model is None else _concordance(model, spells, since=since, until=until),
        horizons=[
            _tested(model, earlier, later, days=days, seed=seed)
            for days in HORIZONS
            for later in [spells.followed(since, days=days, until=until)]
        ],
    )


def _tested(model: CoxModel | None, earlier: Spells, later: Spells, *, days: int, seed: int) -> HorizonTest:
    np = numpy()
    left = later.left_within(days)
    counts = HorizonTest(days=days, snapshots=len(left), left=int(left.sum()))
    chances = None if model is None else model.chances(later.inputs, days=days)
    base = _share_before(earlier, days=days)
    sides = [len(set(later.accounts[mask].tolist())) for mask in (left, ~left)]
    if chances is None or base is None or min(sides) < FEWEST:
        return counts
    judged = judgement_of(
        LabelledPredictions(
            chances=chances,
            base=np.full(len(left), base),
            labels=left.astype(np.int64),
            accounts=later.accounts,
            # What they paid is judged by the model of the list.
            mrr=np.zeros(len(left)),
        ),
        seed=seed,
    )
    low, high = _with_the_fits_own_error(judged.calibration, earlier)
    return HorizonTest(
        days=days,
        snapshots=counts.snapshots,
        left=counts.left,
        expected=float(chances.sum()),
        expected_low=low * counts.left,
        expected_high=high * counts.left,
        auc=judged.auc.value,
        auc_low=judged.auc.low,
        auc_high=judged.auc.high,
        gain_low=judged.gain.low,
        gain_high=judged.gain.high,
    )


def _with_the_fits_own_error(ratio: Interval, earlier: Spells) -> tuple[float, float]:
    """The bounds of expected over happened, as if what the fit was made of had also happened by chance.

    The bootstrap draws the tested accounts only. How many leave is as uncertain as the number that had left before, of which
    the logarithm has a variance of one over it.
    """
    departed = len(set(earlier.accounts[earlier.left].tolist()))
    own = _Z**2 / departed
    down = math.sqrt(math.log(ratio.value / ratio.low) ** 2 + own)
    up = math.sqrt(math.log(ratio.high / ratio.value) ** 2 + own)
    return ratio.value * math.exp(-down), ratio.value * math.exp(up)


def _share_before(earlier: Spells, *, days: int) -> float | None:
    """The share that had left within `days` by Kaplan and Meier (1958); None if nobody was followed that long."""
    if not len(earlier.observed) or int(earlier.observed.max()) < days:
        return None
    fitter = require_lifelines().KaplanMeierFitter().fit(earlier.observed, earlier.left)
    return 1 - float(fitter.predict(days))


def _concordance(model: CoxModel, spells: Spells, *, since: date, until: date) -> float | None:
    from lifelines.utils import concordance_index  # noqa: PLC0415  the extra `survival`

    later = spells.followed(since, days=1, until=until)
    if not later.left.any():
        return None
    return float(concordance_index(later.observed, -model.factors(later.inputs), later.left))
