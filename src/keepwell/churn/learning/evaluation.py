"""The short evaluation that the save list shows, of what the report says in full."""

from __future__ import annotations

import msgspec

from keepwell.churn.learning.judgement import probable_labels
from keepwell.churn.learning.splits import RollingOrigin
from keepwell.churn.model import Evaluation
from keepwell.churn.report import Figures


def evaluation_of(split: RollingOrigin, figures: Figures) -> Evaluation:
    """The evaluation of the predictions from all origins together."""
    return msgspec.structs.replace(
        counts_only(split),
        auc=figures.roc_auc.value,
        auc_low=figures.roc_auc.low,
        auc_high=figures.roc_auc.high,
        log_loss=figures.log_loss.value,
        log_loss_base=figures.log_loss_base,
        gain_low=figures.gain.low,
        gain_high=figures.gain.high,
        calibration=figures.expected_over_departed.value,
        calibration_low=figures.expected_over_departed.low,
        calibration_high=figures.expected_over_departed.high,
        brier=figures.brier.value,
        brier_base=figures.brier_base,
        probable_labels=sorted(probable_labels(split.table)),
    )


def counts_only(split: RollingOrigin) -> Evaluation:
    """The counts without any metric, for a split that is too small to evaluate."""
    predicted = split.predicted.labels
    return Evaluation(held_out_from=split.origins[0], snapshots=len(predicted), churned=int(predicted.sum()))
