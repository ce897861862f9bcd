"""From examples to the model that is served: judged by what came after each origin, chosen, and fitted again on everything."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import msgspec

from keepwell.churn.arrays import one_thread
from keepwell.churn.label import BY_SUBSCRIPTION, Label
from keepwell.churn.learning.estimators.boosting import BoostingProcess
from keepwell.churn.learning.estimators.fitting import fit
from keepwell.churn.learning.evaluation import counts_only, evaluation_of
from keepwell.churn.learning.fitted.fitted_model import FittedModel
from keepwell.churn.learning.ladder import Ladder, climb, recent
from keepwell.churn.learning.reporting import report_of
from keepwell.churn.learning.splits import RollingOrigin
from keepwell.churn.model import Evaluation, HeldOut
from keepwell.churn.report import USUAL_RULE, ModelReport, MoneyRule, RungName
from keepwell.platform.progress import Step


class Trained(NamedTuple):
    """The model that is served, and how good it was; without a model and a report if there was too little to test."""

    model: FittedModel | None
    evaluation: Evaluation
    report: ModelReport | None
    held_out: HeldOut = HeldOut()


def choose_and_fit(
    split: RollingOrigin,
    *,
    external_ids: Sequence[str],
    rungs: Sequence[RungName],
    label: Label = BY_SUBSCRIPTION,
    rule: MoneyRule = USUAL_RULE,
    step: Step,
    seed: int,
) -> Trained:
    """The best of the `rungs`, fitted on everything: otherwise the newest months would teach nothing.

    The report is in the words of the `label` and has the decisions of the `rule`. `external_ids` are those of the accounts by their numbers. The `step` advances by one for each rung. Raises Unavailable if
    the extra `churn` is not installed, and RungNotFitted if none of the `rungs` can be fitted.
    """
    if not split.is_enough:
        return Trained(None, counts_only(split), None)
    table = split.table
    with one_thread(), BoostingProcess() as booster:
        ladder = climb(table, split.origins, rungs=rungs, booster=booster, step=step, seed=seed)
        report = report_of(ladder, label=label, rule=rule, seed=seed)
        known = recent(table, None, days=report.history_days)
        model = fit(known, report.chosen, booster=booster, start=ladder.models[report.chosen])
    figures = report.populations[0].figures
    assert figures is not None  # noqa: S101  for mypy: the split is enough
    return Trained(
        msgspec.structs.replace(model, history_days=report.history_days),
        evaluation_of(split, figures),
        report,
        _held_out(ladder, report.chosen, external_ids),
    )


def _held_out(ladder: Ladder, rung: RungName, external_ids: Sequence[str]) -> HeldOut:
    predicted = ladder.predicted
    return HeldOut(
        accounts=[external_ids[number] for number in predicted.accounts.tolist()],
        days=[date.fromordinal(day) for day in predicted.days.tolist()],
        probabilities=ladder.rungs[rung].chances.tolist(),
        base=ladder.base.tolist(),
        left=(predicted.labels == 1).tolist(),
    )
