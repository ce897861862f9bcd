"""From records and events to an evaluated model and a save list, without a database. Which door they came through, only `doors` knows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

import ibis
import msgspec
import numpy as np

from keepwell.churn.counting.snapshots import SnapshotColumns
from keepwell.churn.doors.door import Door, Group
from keepwell.churn.doors.looking import Looked, look
from keepwell.churn.drift.model import TrainingReference
from keepwell.churn.drift.training import training_reference
from keepwell.churn.label import Label
from keepwell.churn.learning.announced import announced_rates
from keepwell.churn.learning.choosing import Trained, choose_and_fit
from keepwell.churn.learning.examples import ExampleTable, require_usable
from keepwell.churn.learning.fitted.fitted_model import FittedModel
from keepwell.churn.learning.ladder import recent
from keepwell.churn.learning.splits import RollingOrigin, rolling_origin
from keepwell.churn.learning.statement import statement
from keepwell.churn.listing import Ranking, Today, ranked, todays_accounts
from keepwell.churn.model import Evaluation, HeldOut, Observation, Score
from keepwell.churn.report import USUAL_RULE, USUAL_RUNG, ModelReport, MoneyRule, RungName
from keepwell.churn.sources.coverage import Silence
from keepwell.platform.progress import Progress

if TYPE_CHECKING:
    from keepwell.churn.arrays import Matrix

# Of every draw of a training: the same records give the same model.
SEED = 20_240_501


class Studied(msgspec.Struct, frozen=True, kw_only=True):
    """What was learnt from, up to the day `observed`: `past` has the rows of the split's table, `inputs` those of `current`."""

    group: Group[Any]
    past: SnapshotColumns
    split: RollingOrigin
    current: Sequence[Observation]
    inputs: Matrix
    observed: date


class LearningResult(msgspec.Struct, frozen=True, kw_only=True):
    """An evaluated model and its save list as of a day; `model` is None if there was too little to fit.

    The list is made by its `ranking`. `held_out` are the predictions that the evaluation judges, whether or not a signal was found
    in them; `studied` is for who looks closer, and `reference` is what drift is measured from.
    """

    as_of: date
    horizon_days: int
    label: Label
    model: FittedModel | None
    ranking: Ranking
    evaluation: Evaluation
    statement: str
    scores: Sequence[Score]
    studied: Studied
    report: ModelReport | None = None
    held_out: HeldOut = HeldOut()
    silence: Silence | None = None
    reference: TrainingReference | None = None

    @property
    def base_rate(self) -> float:
        """What everybody gets on the list if no signal was found."""
        return self.ranking.base_rate


class _Examples(NamedTuple):
    """The past of those who had not announced that they leave, split by time, and of those who had."""

    split: RollingOrigin
    announced: ExampleTable


def learn(
    door: Door,
    events: ibis.Table,
    *,
    today: date,
    horizon_days: int,
    progress: Progress,
    kept_as_of: date | None = None,
    rungs: Sequence[RungName] = (USUAL_RUNG,),
    rule: MoneyRule = USUAL_RULE,
) -> LearningResult:
    """Train on snapshots of the past, evaluate on the latest of them, and score the accounts that are there today.

    The `door` says who is looked at and what leaving means; `kept_as_of` is the day of the list that exists; of the `rungs`, the
    best is served. The `rule` says when a contact pays.

    Raises NothingToScore if there is no account to lose, TooLittleHistory if no whole horizon has been observed, and SourceSilent if
    a source has gone silent, so that no list newer than the existing one can be made.
    """
    looked = look(
        door, events, today=today, horizon_days=horizon_days, progress=progress, kept_as_of=kept_as_of
    )
    with progress.step("Counting", total=None):
        examples = _examples(looked)
    with progress.step("Training", total=len(rungs)) as step:
        trained = choose_and_fit(
            examples.split,
            external_ids=looked.group.external_ids,
            rungs=rungs,
            label=looked.group.label,
            rule=rule,
            step=step,
            seed=SEED,
        )
    with progress.step("Scoring", total=None):
        # Not before the training, whose memory is the peak: each of today's accounts is an object with all of its inputs.
        found = todays_accounts(looked)
        return _result(looked, examples, trained, found)


def _result(looked: Looked, examples: _Examples, trained: Trained, found: Today) -> LearningResult:
    group, split = looked.group, examples.split
    labels = trained.evaluation.probable_labels if group.label.is_recorded else ()
    evaluation = msgspec.structs.replace(
        trained.evaluation, system_events=looked.system_events, probable_labels=labels
    )
    ranking = _ranking(looked, examples, trained, evaluation)
    return LearningResult(
        as_of=looked.period.as_of,
        horizon_days=looked.period.horizon_days,
        label=group.label,
        model=trained.model,
        ranking=ranking,
        evaluation=evaluation,
        statement=statement(
            evaluation,
            split,
            label=group.label,
            base=ranking.base_rate,
            history_days=_history_days(trained),
            personal_kinds=group.personal_kinds,
            silence=looked.silence,
        ),
        scores=ranked(found, ranking),
        studied=Studied(
            group=group,
            past=group.covered.where(~group.covered.has_cancelled),
            split=split,
            current=found.accounts,
            inputs=found.inputs.values,
            observed=looked.period.observed,
        ),
        report=trained.report,
        held_out=trained.held_out,
        silence=looked.silence,
        reference=_reference(examples, trained, ranking),
    )


def _reference(examples: _Examples, trained: Trained, ranking: Ranking) -> TrainingReference | None:
    if trained.model is None:
        return None
    learnt = recent(examples.split.table, None, days=_history_days(trained))
    return training_reference(learnt, trained.model, ranks=ranking.model is not None)


def _ranking(looked: Looked, examples: _Examples, trained: Trained, evaluation: Evaluation) -> Ranking:
    learnt = recent(examples.split.table, None, days=_history_days(trained))
    base = _base_rate(learnt, looked.group)
    horizon_days = looked.period.horizon_days
    return Ranking(
        model=trained.model if evaluation.signal == "found" else None,
        base_rate=base,
        announced=announced_rates(examples.announced, horizon_days=horizon_days, base_rate=base),
        system_events=looked.system_events,
    )


def _history_days(trained: Trained) -> int | None:
    return None if trained.report is None else trained.report.history_days


def _base_rate(examples: ExampleTable, group: Group[Any]) -> float:
    """The share of the `examples` that left, which had not announced it; without activity, of all of the past."""
    if len(examples.labels):
        return examples.base_rate
    left = group.left(group.past.where(~group.past.has_cancelled))
    return float(left.mean()) if len(left) else 0.0


def _examples(looked: Looked) -> _Examples:
    # The whole table is hundreds of megabytes of a large workspace, and both parts of it are copies.
    table = _table(looked.group, horizon_days=looked.period.horizon_days)
    split = rolling_origin(table, until=looked.period.observed)
    return _Examples(split, table.where(table.has_cancelled))


def _table(group: Group[Any], *, horizon_days: int) -> ExampleTable:
    """The inputs of the covered rows with what happened afterwards; a payment is known on the day after it."""
    taken = group.covered
    inputs = group.inputs(taken, known_on=taken.days - 1)
    table = ExampleTable(
        names=inputs.names,
        horizon_days=horizon_days,
        inputs=inputs.values,
        labels=group.left(taken).astype(np.int64),
        accounts=taken.accounts,
        days=taken.days,
        mrr=taken.mrr,
        is_annual=taken.is_annual,
        has_open_payment=inputs.payments.is_open,
        has_cancelled=taken.has_cancelled,
    )
    require_usable(table)
    return table
