"""Judges lists by what then happened to their accounts, as the training's report judges held-out predictions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np

from keepwell.churn.learning.judgement import Judgement, LabelledPredictions, judgement_of
from keepwell.churn.learning.splits import FEWEST_DEPARTURES
from keepwell.churn.live.expecting import expected_figures
from keepwell.churn.live.model import LiveFigures
from keepwell.churn.live.visible import departures_drawn
from keepwell.churn.report import Interval

if TYPE_CHECKING:
    from keepwell.churn.arrays import Mask

_DRAWS = 2_000
_BOUNDS = (2.5, 97.5)
_PLACES = 4


class MaturedRows(msgspec.Struct, frozen=True, kw_only=True):
    """Scored accounts of `lists` lists with what happened; `is_known` is false where nobody knows, and then the label means nothing.

    `is_over` says that their horizon has ended. Otherwise a label says who has left so far.
    """

    predictions: LabelledPredictions
    is_known: Mask
    lists: int
    is_over: bool = True
    has_money: bool = True

    def where(self, mask: Mask) -> MaturedRows:
        """The rows that `mask` selects."""
        return msgspec.structs.replace(
            self, predictions=self.predictions.where(mask), is_known=self.is_known[mask]
        )


def live_figures(rows: MaturedRows, *, seed: int) -> LiveFigures:
    """The figures; intervals are by a bootstrap over accounts, of which one may be on several lists."""
    made = rows.predictions.where(rows.is_known)
    departed = int(made.labels.sum())
    random = np.random.default_rng(seed)
    drawn = departures_drawn(made.chances, size=(_DRAWS,), random=random)
    low, high = np.percentile(drawn, _BOUNDS).tolist()
    not_judged = _why_not(made, is_over=rows.is_over)
    figures = LiveFigures(
        lists=rows.lists,
        snapshots=len(made.labels),
        accounts=len(np.unique(made.accounts)),
        unknown=int((~rows.is_known).sum()),
        departed=departed,
        expected=round(float(made.chances.sum()), 2),
        likely_from=int(low),
        likely_to=int(np.ceil(high)),
        expected_log_loss=round(expected_figures(made.chances).log_loss, _PLACES),
        revenue_at_risk=f"{made.chances @ made.mrr:.2f}" if rows.has_money else None,
        revenue_lost=f"{made.labels @ made.mrr:.2f}" if rows.has_money else None,
        not_judged=not_judged,
    )
    if not_judged is not None:
        return figures
    return _with_judgement(figures, judgement_of(made, seed=seed), rows)


def _with_judgement(figures: LiveFigures, found: Judgement, rows: MaturedRows) -> LiveFigures:
    ranked = msgspec.structs.replace(figures, roc_auc=_rounded(found.auc))
    if not rows.is_over:
        return ranked
    return msgspec.structs.replace(
        ranked,
        log_loss=_rounded(found.log_loss),
        log_loss_base=round(found.log_loss_base, _PLACES),
        gain=_rounded(found.gain),
        brier=_rounded(found.brier),
        expected_over_departed=_rounded(found.calibration),
        revenue_ratio=_rounded(found.money) if rows.has_money and found.money is not None else None,
    )


def _why_not(made: LabelledPredictions, *, is_over: bool) -> str | None:
    left, stayed = (len(np.unique(made.accounts[made.labels == label])) for label in (1, 0))
    if min(left, stayed) >= FEWEST_DEPARTURES:
        return None
    so_far = "" if is_over else " so far"
    accounts = "1 account" if left == 1 else f"{left} accounts"
    return f"Too few to judge: {accounts} left{so_far} and {stayed} stayed; {FEWEST_DEPARTURES} of each are needed."


def _rounded(found: Interval) -> Interval:
    return Interval(round(found.value, _PLACES), round(found.low, _PLACES), round(found.high, _PLACES))
