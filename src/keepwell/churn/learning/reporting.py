"""Makes the report of a ladder: which rung is chosen and why, and how good its predictions were, population by population."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from keepwell.churn.arrays import numpy
from keepwell.churn.label import BY_SUBSCRIPTION, Label
from keepwell.churn.learning.examples import ExampleTable
from keepwell.churn.learning.figures import figures_of
from keepwell.churn.learning.judgement import LabelledPredictions, judgement_of, weighted_auc
from keepwell.churn.learning.ladder import Choice, Ladder, choose, masked
from keepwell.churn.learning.splits import FEWEST_DEPARTURES
from keepwell.churn.learning.wording import Wording, wording_of
from keepwell.churn.report import (
    RUNGS,
    USUAL_RULE,
    Figures,
    HistoryResult,
    Interval,
    ModelReport,
    MoneyRule,
    Population,
    PopulationName,
    RungName,
    RungResult,
    UntouchedTest,
)

if TYPE_CHECKING:
    from keepwell.churn.arrays import Mask

_TITLES: dict[RungName, str] = {
    "base_rate": "the base rate",
    "recency": "recency alone",
    "rfm": "the RFM logistic regression",
    "logistic": "the logistic regression",
    "tree": "the tree of depth 5",
    "boosting": "boosting",
}


def report_of(
    ladder: Ladder, *, label: Label = BY_SUBSCRIPTION, rule: MoneyRule = USUAL_RULE, seed: int
) -> ModelReport:
    """The whole report in the words of the `label`, with the decisions of the `rule`; the same arguments give the same report."""
    choice = choose(ladder.rungs, ladder.predicted.accounts, seed=seed)
    model = ladder.models[choice.chosen]
    return ModelReport(
        held_out_from=ladder.origins[0],
        origins=list(ladder.origins),
        chosen=choice.chosen,
        why=_why(ladder, choice),
        calibration=model.calibration.name,
        history_days=ladder.history_days,
        rungs=[_rung(name, ladder, choice) for name in RUNGS if name in {*ladder.rungs, *ladder.not_fitted}],
        histories=_histories(ladder, seed=seed),
        untouched=_untouched(ladder, seed=seed),
        populations=_populations(
            ladder, choice.chosen, wording=wording_of(label), judged=partial(figures_of, rule=rule, seed=seed)
        ),
    )


def _why(ladder: Ladder, choice: Choice[RungName]) -> str:
    if len(ladder.rungs) == 1:
        return f"Only {_TITLES[choice.chosen]} was asked for, or could be fitted."
    best = min(ladder.rungs, key=lambda name: ladder.rungs[name].log_loss)
    losses = f"log loss {ladder.rungs[best].log_loss:.4f}"
    if best == choice.chosen:
        simpler = (
            "" if choice.tied[0] == RUNGS[0] else "; every simpler one is more than one standard error behind"
        )
        return f"Of {len(ladder.rungs)} kinds of models, {_TITLES[best]} predicted best ({losses}){simpler}."
    behind = choice.behind[choice.chosen]
    return (
        f"Of {len(ladder.rungs)} kinds of models, {_TITLES[best]} predicted best ({losses}), and {_TITLES[choice.chosen]} is only "
        f"{behind.interval.value:.4f} behind, no more than one standard error ({behind.standard_error:.4f}): the simplest of those "
        "is chosen."
    )


def _rung(name: RungName, ladder: Ladder, choice: Choice[RungName]) -> RungResult:
    if name in ladder.not_fitted:
        return RungResult(name=name, not_fitted=ladder.not_fitted[name])
    np = numpy()
    tried, labels = ladder.rungs[name], ladder.predicted.labels
    read = ladder.models[name].preparation.inputs
    return RungResult(
        name=name,
        inputs=list(dict.fromkeys(each.name for each in read)),
        calibration=ladder.models[name].calibration.name,
        log_loss=round(tried.log_loss, 5),
        roc_auc=round(weighted_auc(tried.chances, labels)(np.ones(len(labels))), 4),
        brier=round(float(((tried.chances - labels) ** 2).mean()), 5),
        behind=_rounded(choice.behind[name].interval),
        standard_error=round(choice.behind[name].standard_error, 6),
        is_tied=name in choice.tied,
        is_chosen=name == choice.chosen,
    )


def _histories(ladder: Ladder, *, seed: int) -> Sequence[HistoryResult]:
    if not ladder.histories:
        return []
    choice = choose(ladder.histories, ladder.predicted.accounts, seed=seed)
    return [
        HistoryResult(
            days=days,
            log_loss=round(tried.log_loss, 5),
            behind=_rounded(choice.behind[days].interval),
            standard_error=round(choice.behind[days].standard_error, 6),
            is_tied=days in choice.tied,
            is_chosen=days == choice.chosen,
        )
        for days, tried in ladder.histories.items()
    ]


def _untouched(ladder: Ladder, *, seed: int) -> UntouchedTest | None:
    """The latest origin from which on enough left, if enough had also left between the first origin and it."""
    if len(ladder.rungs) == 1:
        return None
    rows = ladder.predicted
    for since in reversed(ladder.origins[1:]):
        later, known = rows.days >= since.toordinal(), rows.days + rows.horizon_days <= since.toordinal()
        if _is_enough(rows.where(later)) and _is_enough(rows.where(known)):
            return _tested(ladder, since, later=later, known=known, seed=seed)
    return None


def _tested(ladder: Ladder, since: date, *, later: Mask, known: Mask, seed: int) -> UntouchedTest:
    before = choose(masked(ladder.rungs, known), ladder.predicted.accounts[known], seed=seed)
    made = ladder.predictions(before.chosen).where(later)
    found = judgement_of(made, seed=seed)
    return UntouchedTest(
        since=since,
        rung=before.chosen,
        snapshots=len(made.labels),
        departed=int(made.labels.sum()),
        roc_auc=round(found.auc.value, 4),
        log_loss=round(found.log_loss.value, 5),
        log_loss_base=round(found.log_loss_base, 5),
        gain=_rounded(found.gain),
    )


def _populations(
    ladder: Ladder, chosen: RungName, *, wording: Wording, judged: Callable[[LabelledPredictions], Figures]
) -> Sequence[Population]:
    rows, made = ladder.predicted, ladder.predictions(chosen)
    to_work_with = ~rows.has_cancelled & ~rows.has_open_payment
    masks: dict[PopulationName, Mask] = {
        "not_cancelled": ~rows.has_cancelled,
        "to_work_with": to_work_with,
    }
    # Only a subscription is paid by the month or by the year.
    if "is_annual" in rows.names:
        masks["to_work_with_monthly"] = to_work_with & ~rows.is_annual
        masks["to_work_with_annual"] = to_work_with & rows.is_annual
    return [
        _population(name, rows.where(mask), made.where(mask), wording=wording, judged=judged)
        for name, mask in masks.items()
    ]


def _population(
    name: PopulationName,
    rows: ExampleTable,
    made: LabelledPredictions,
    *,
    wording: Wording,
    judged: Callable[[LabelledPredictions], Figures],
) -> Population:
    is_enough = _is_enough(rows)
    return Population(
        name=name,
        snapshots=len(rows.labels),
        accounts=len(numpy().unique(rows.accounts)),
        departed=int(rows.labels.sum()),
        figures=judged(made) if is_enough else None,
        not_tested=None if is_enough else _why_not(rows, wording),
    )


def _is_enough(rows: ExampleTable) -> bool:
    return min(map(rows.accounts_with, (0, 1))) >= FEWEST_DEPARTURES


def _why_not(rows: ExampleTable, wording: Wording) -> str:
    """Why the rows are too few to judge."""
    left, stayed = map(rows.accounts_with, (1, 0))
    accounts = "1 account" if left == 1 else f"{left} accounts"
    return f"Too few to judge: {accounts} {wording.left} and {stayed} {wording.stayed}; {FEWEST_DEPARTURES} of each are needed."


def _rounded(found: Interval) -> Interval:
    return Interval(round(found.value, 6), round(found.low, 6), round(found.high, 6))
