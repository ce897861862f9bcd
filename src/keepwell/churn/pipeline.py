"""From records and events to an evaluated model and a save list, without a database. Which door they came through, only `doors` knows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import ibis
import msgspec
import numpy as np

from keepwell.churn.counting.activity import Inputs
from keepwell.churn.counting.columns import observations
from keepwell.churn.counting.snapshots import SnapshotColumns
from keepwell.churn.doors.door import Door, Group
from keepwell.churn.doors.model import Period
from keepwell.churn.label import Label
from keepwell.churn.learning.announced import announced_rates
from keepwell.churn.learning.choosing import choose_and_fit
from keepwell.churn.learning.examples import ExampleTable, require_usable
from keepwell.churn.learning.fitted.batches import contributions, probabilities
from keepwell.churn.learning.fitted.fitted_model import FittedModel
from keepwell.churn.learning.ladder import recent
from keepwell.churn.learning.splits import RollingOrigin, rolling_origin
from keepwell.churn.learning.statement import statement
from keepwell.churn.model import Evaluation, HeldOut, Observation, Score, windows_of
from keepwell.churn.predictors import topics_of
from keepwell.churn.report import USUAL_RUNG, ModelReport, RungName
from keepwell.churn.scoring import Prediction, Predictions, score
from keepwell.churn.sources.coverage import Silence, SourceSilent, coverage_of, first_covered
from keepwell.churn.sources.event_survey import event_days, system_events, without
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

    `held_out` are the predictions that the evaluation judges, whether or not a signal was found in them; `studied` is for who
    looks closer.
    """

    as_of: date
    horizon_days: int
    label: Label
    model: FittedModel | None
    base_rate: float
    evaluation: Evaluation
    statement: str
    scores: Sequence[Score]
    studied: Studied
    report: ModelReport | None = None
    held_out: HeldOut = HeldOut()
    silence: Silence | None = None


def learn(
    door: Door,
    events: ibis.Table,
    *,
    today: date,
    horizon_days: int,
    progress: Progress,
    kept_as_of: date | None = None,
    rungs: Sequence[RungName] = (USUAL_RUNG,),
) -> LearningResult:
    """Train on snapshots of the past, evaluate on the latest of them, and score the accounts that are there today.

    The `door` says who is looked at and what leaving means; `kept_as_of` is the day of the list that exists; of the `rungs`, the
    best is served.

    Raises NothingToScore if there is no account to lose, TooLittleHistory if no whole horizon has been observed, and SourceSilent if
    a source has gone silent, so that no list newer than the existing one can be made.
    """
    with progress.step("Looking through events", total=None):
        systems = system_events(events)
        events = without(events, systems)
        seen_days = event_days(events, before=today)
    coverage = coverage_of(door.sources(seen_days, today=today), today=today)
    if coverage.silence is not None and kept_as_of is not None and coverage.until <= kept_as_of:
        raise SourceSilent(coverage.silence, kept_as_of=kept_as_of)
    observed = coverage.until
    has_usage = bool(seen_days.all) or coverage.silence is not None
    period = Period(
        today=today,
        observed=observed,
        as_of=door.scored_on(observed=observed, has_events=has_usage, today=today),
        recorded_from=first_covered(seen_days.known),
        horizon_days=horizon_days,
    )
    with progress.step("Reading activity", total=None):
        group = door.group(events, period)
    with progress.step("Counting", total=None):
        # A payment is known on the day after it; what was paid after the day of the scores is known today.
        examples = _examples(group, horizon_days=horizon_days)
        inputs = group.inputs(group.current, known_on=np.full(len(group.current.days), today.toordinal()))
    split, announced = rolling_origin(examples, until=observed), examples.where(examples.has_cancelled)
    # Hundreds of megabytes of a large workspace, and both parts of it are copies.
    del examples
    with progress.step("Training", total=len(rungs)) as step:
        trained = choose_and_fit(split, external_ids=group.external_ids, rungs=rungs, step=step, seed=SEED)
    labels = trained.evaluation.probable_labels if group.label.is_recorded else ()
    evaluation = msgspec.structs.replace(trained.evaluation, system_events=systems, probable_labels=labels)
    history_days = None if trained.report is None else trained.report.history_days
    base = _base_rate(recent(split.table, None, days=history_days), group)
    now = observations(group.snapshots(), inputs, windows=windows_of(horizon_days))
    return LearningResult(
        as_of=period.as_of,
        horizon_days=horizon_days,
        label=group.label,
        model=trained.model,
        base_rate=base,
        evaluation=evaluation,
        statement=statement(
            evaluation,
            split,
            label=group.label,
            base=base,
            history_days=history_days,
            silence=coverage.silence,
        ),
        scores=score(
            now,
            predictions=None
            if trained.model is None or evaluation.signal != "found"
            else _predictions(trained.model, inputs),
            base_rate=base,
            announced=announced_rates(announced, horizon_days=horizon_days, base_rate=base),
        ),
        studied=Studied(
            group=group,
            past=group.covered.where(~group.covered.has_cancelled),
            split=split,
            current=now,
            inputs=inputs.values,
            observed=observed,
        ),
        report=trained.report,
        held_out=trained.held_out,
        silence=coverage.silence,
    )


def _predictions(model: FittedModel, inputs: Inputs) -> Predictions:
    topics = topics_of(inputs.names)
    place = {name: number for number, name in enumerate(inputs.names)}
    added = contributions(model, inputs.values)
    by_topic = np.column_stack(
        [added[:, [place[name] for name in topic.inputs if name in place]].sum(axis=1) for topic in topics]
    )
    chances = probabilities(model, inputs.values).tolist()
    return Predictions(
        accounts=[Prediction(*each) for each in zip(chances, by_topic.tolist(), strict=True)],
        topics=topics,
        typical={name: model.preparation.typical(name) for name in inputs.names},
    )


def _base_rate(examples: ExampleTable, group: Group[Any]) -> float:
    """The share of the `examples` that left, which had not announced it; without activity, of all of the past."""
    if len(examples.labels):
        return examples.base_rate
    left = group.left(group.past.where(~group.past.has_cancelled))
    return float(left.mean()) if len(left) else 0.0


def _examples(group: Group[Any], *, horizon_days: int) -> ExampleTable:
    """The inputs of the covered rows with what happened afterwards."""
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
