"""What figures are to be expected before anybody knows who left: confidence-based performance estimation.

The method is NannyML's (its CBPE): every account counts as so much of one that leaves as its probability says. It is right as far as the
probabilities are, so it finds a list that says less than before, and never one that is wrong. `./keepwell bench cbpe` compares.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from keepwell.churn.live.model import ExpectedFigures

if TYPE_CHECKING:
    from keepwell.churn.arrays import Vector


def expected_figures(chances: Vector) -> ExpectedFigures:
    """The figures of accounts with these probabilities; no AUC if all leave, or all stay, for certain, or if there are none."""
    leaving = np.sort(chances)[::-1]
    left, stayed = np.cumsum(leaving), np.cumsum(1 - leaving)
    can_rank = len(leaving) > 0 and left[-1] > 0 and stayed[-1] > 0
    # Mass that leaves above mass that stays; an account's own two parts are tied, so half.
    above = left - leaving / 2
    precision = left / np.arange(1, len(leaving) + 1)
    inner = leaving[(leaving > 0) & (leaving < 1)]
    entropy = -(inner @ np.log(inner) + (1 - inner) @ np.log1p(-inner))
    rows = max(1, len(leaving))
    return ExpectedFigures(
        departed=float(leaving.sum()),
        roc_auc=float((1 - leaving) @ above / (left[-1] * stayed[-1])) if can_rank else None,
        average_precision=float(leaving @ precision / left[-1]) if can_rank else None,
        log_loss=float(entropy) / rows,
        brier=float(leaving @ (1 - leaving)) / rows,
    )
