"""Today's accounts and their save list, by a model that exists: what a training ends with, and all that a scoring does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import ibis
import msgspec
import numpy as np

from keepwell.churn.counting.activity import Inputs
from keepwell.churn.counting.columns import observations
from keepwell.churn.doors.door import Door
from keepwell.churn.doors.looking import Looked, Reads, look
from keepwell.churn.learning.announced import AnnouncedRates
from keepwell.churn.learning.fitted.batches import contributions, probabilities
from keepwell.churn.learning.fitted.fitted_model import FittedModel
from keepwell.churn.model import Observation, Score, windows_of
from keepwell.churn.predictors import topics_of
from keepwell.churn.scoring import ExplainedPrediction, ExplainedPredictions, score
from keepwell.churn.sources.coverage import Silence
from keepwell.platform.errors import DomainError
from keepwell.platform.progress import Progress


class OtherInputs(DomainError):
    """A model reads inputs that this version of Keepwell does not count, or not in that order."""

    code = "other-inputs"


class Ranking(msgspec.Struct, frozen=True, kw_only=True):
    """What a list is ranked by: the `model` if a signal was found, else the `base_rate` for everybody; and who has announced the end.

    `system_events` were left out when it was trained.
    """

    model: FittedModel | None
    base_rate: float
    announced: AnnouncedRates
    system_events: Sequence[str] = ()


class Today(msgspec.Struct, frozen=True, kw_only=True):
    """The accounts of the list, each as it was observed, and their inputs, row by row."""

    accounts: Sequence[Observation]
    inputs: Inputs


class TodaysList(msgspec.Struct, frozen=True, kw_only=True):
    """The save list as of a day; `silence` if a source ends before it. `looked` is what was read for it."""

    looked: Looked
    as_of: date
    accounts: Sequence[Observation]
    scores: Sequence[Score]
    silence: Silence | None


def score_today(
    door: Door,
    events: ibis.Table,
    ranking: Ranking,
    *,
    today: date,
    horizon_days: int,
    progress: Progress,
    kept_as_of: date | None = None,
) -> TodaysList:
    """Score the accounts that are there today by a model that exists: nothing is fitted.

    The `door` and the horizon are those that it was trained with. Raises as `look`, and OtherInputs if this version counts others.
    """
    reads = reads_of(ranking)
    looked = look(
        door,
        events,
        today=today,
        horizon_days=horizon_days,
        progress=progress,
        kept_as_of=kept_as_of,
        reads=reads,
    )
    with progress.step("Counting", total=None):
        found = todays_accounts(looked)
    if reads is not None and list(found.inputs.names) != list(reads.names):
        raise OtherInputs(
            "The model reads other inputs than this version of Keepwell counts.",
            hint="Train a new one: ./keepwell churn train",
        )
    return TodaysList(
        looked=looked,
        as_of=looked.period.as_of,
        accounts=found.accounts,
        scores=ranked(found, ranking),
        silence=looked.silence,
    )


def reads_of(ranking: Ranking) -> Reads | None:
    """What the model of the ranking reads; None without one."""
    if ranking.model is None:
        return None
    return Reads(names=ranking.model.preparation.names, system_events=ranking.system_events)


def todays_accounts(looked: Looked) -> Today:
    """The accounts of the list with their inputs: what was paid after its day is known today."""
    group, period = looked.group, looked.period
    inputs = group.inputs(group.current, known_on=np.full(len(group.current.days), period.today.toordinal()))
    return Today(
        accounts=observations(group.snapshots(), inputs, windows=windows_of(period.horizon_days)),
        inputs=inputs,
    )


def ranked(found: Today, ranking: Ranking) -> list[Score]:
    """The save list of these accounts."""
    return score(
        found.accounts,
        predictions=None if ranking.model is None else _predictions(ranking.model, found.inputs),
        base_rate=ranking.base_rate,
        announced=ranking.announced,
    )


def _predictions(model: FittedModel, inputs: Inputs) -> ExplainedPredictions:
    topics = topics_of(inputs.names)
    place = {name: number for number, name in enumerate(inputs.names)}
    added = contributions(model, inputs.values)
    by_topic = np.column_stack(
        [added[:, [place[name] for name in topic.inputs if name in place]].sum(axis=1) for topic in topics]
    )
    chances = probabilities(model, inputs.values).tolist()
    return ExplainedPredictions(
        accounts=[ExplainedPrediction(*each) for each in zip(chances, by_topic.tolist(), strict=True)],
        topics=topics,
        typical={name: model.preparation.typical(name) for name in inputs.names},
    )
