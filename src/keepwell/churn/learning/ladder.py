"""The ladder: every rung predicts the same days from the same origins, and the simplest that is not worse is chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

import msgspec

from keepwell.churn.arrays import numpy
from keepwell.churn.learning.estimators.fitting import Booster, fit
from keepwell.churn.learning.estimators.rungs import RungNotFitted
from keepwell.churn.learning.examples import ExampleTable
from keepwell.churn.learning.fitted.batches import probabilities
from keepwell.churn.learning.fitted.fitted_model import FittedModel
from keepwell.churn.learning.judgement import Difference, LabelledPredictions, behind, log_losses
from keepwell.churn.learning.splits import FEWEST_DEPARTURES
from keepwell.churn.report import RUNGS, RungName
from keepwell.platform.progress import Step

if TYPE_CHECKING:
    from keepwell.churn.arrays import Mask, Vector, Whole

# All of the past first: it is the simplest, and a tie goes to it.
_HISTORIES: Sequence[int | None] = (None, 730, 365, 180, 90)
_JUDGED_BY: RungName = "logistic"


class Try(NamedTuple):
    """What a rung predicted for the rows from the first origin on, in their order, and its mean log loss."""

    losses: Vector
    chances: Vector

    @property
    def log_loss(self) -> float:
        """The mean log loss."""
        return float(self.losses.mean())


Name = TypeVar("Name", RungName, int | None)


class Choice(NamedTuple, Generic[Name]):
    """How far each try is behind the one with the least log loss, which are tied with it, and the first of these."""

    behind: Mapping[Name, Difference]
    tied: Sequence[Name]
    chosen: Name


class Ladder(msgspec.Struct, frozen=True, kw_only=True):
    """What every rung predicted; `not_fitted` says of the others why. `predicted` are the rows from the first origin on."""

    origins: Sequence[date]
    predicted: ExampleTable
    base: Vector
    rungs: Mapping[RungName, Try]
    not_fitted: Mapping[RungName, str]
    models: Mapping[RungName, FittedModel]
    histories: Mapping[int | None, Try]
    history_days: int | None

    def predictions(self, rung: RungName) -> LabelledPredictions:
        """What the rung predicted, beside the base rate and what happened."""
        rows = self.predicted
        return LabelledPredictions(
            chances=self.rungs[rung].chances,
            base=self.base,
            labels=rows.labels,
            accounts=rows.accounts,
            mrr=rows.mrr,
        )


def climb(
    table: ExampleTable,
    origins: Sequence[date],
    *,
    rungs: Sequence[RungName] = RUNGS,
    history_days: int | None = None,
    booster: Booster | None = None,
    step: Step | None = None,
    seed: int,
) -> Ladder:
    """Fit each of the `rungs` on what was known at each origin, and predict what comes until the next.

    How far back they learn is chosen first, by the logistic rung, unless one rung alone is asked for: then
    it learns from the latest `history_days`, or from all of the past. A rung that cannot be fitted
    is left out with the reason. Raises NothingToLearn if there are too few accounts before the first origin, and RungNotFitted if
    no rung can be fitted.
    """
    # In the order in which the origins predict them.
    table = table.in_order(numpy().argsort(table.days, kind="stable"))
    predicted = table.between(origins[0], None)
    histories = _histories(table, origins) if len(rungs) > 1 else {}
    if histories:
        history_days = choose(histories, predicted.accounts, seed=seed).chosen
    fitted: dict[RungName, tuple[Try, FittedModel]] = {}
    not_fitted: dict[RungName, str] = {}
    for rung in rungs:
        try:
            fitted[rung] = _try(table, origins, rung=rung, history_days=history_days, booster=booster)
        except RungNotFitted as error:
            not_fitted[rung] = f"{error.message} {error.hint}".strip()
        if step is not None:
            step.advance()
    if not fitted:
        raise RungNotFitted(" ".join(not_fitted.values()), hint="Run the whole ladder: without --only.")
    return Ladder(
        origins=origins,
        predicted=predicted,
        base=_base_rates(table, origins),
        rungs={rung: tried for rung, (tried, _) in fitted.items()},
        not_fitted=not_fitted,
        models={rung: model for rung, (_, model) in fitted.items()},
        histories=histories,
        history_days=history_days,
    )


def choose(tries: Mapping[Name, Try], accounts: Whole, *, seed: int) -> Choice[Name]:
    """The first of the `tries`, which come simplest first, that is at most one standard error behind the best."""
    best = min(tries.values(), key=lambda each: each.log_loss)
    differences = {
        name: behind(each.losses, best.losses, accounts=accounts, seed=seed) for name, each in tries.items()
    }
    tied = [name for name, each in differences.items() if each.interval.value <= each.standard_error]
    return Choice(differences, tied, tied[0])


def recent(table: ExampleTable, until: date | None, *, days: int | None) -> ExampleTable:
    """The rows whose labels were known by `until`, or all of them; only those of the latest `days` of these if they are given."""
    known = table if until is None else table.known_by(until)
    return known if days is None or not len(known.days) else known.where(known.days > known.days.max() - days)


def masked(tries: Mapping[RungName, Try], mask: Mask) -> dict[RungName, Try]:
    """The same tries for some of their rows."""
    return {name: Try(each.losses[mask], each.chances[mask]) for name, each in tries.items()}


def _histories(table: ExampleTable, origins: Sequence[date]) -> dict[int | None, Try]:
    """What one rung predicts by how many of the latest days it learns from."""
    return {
        days: _try(table, origins, rung=_JUDGED_BY, history_days=days)[0]
        for days in _HISTORIES
        if days is None or _is_shorter(table, origins, days=days)
    }


def _try(
    table: ExampleTable,
    origins: Sequence[date],
    *,
    rung: RungName,
    history_days: int | None,
    booster: Booster | None = None,
) -> tuple[Try, FittedModel]:
    """What the rung predicts, and its last model."""
    chances = []
    model: FittedModel | None = None
    for start, end in pairwise([*origins, None]):
        assert start is not None  # noqa: S101  for mypy: only the last end is None
        model = fit(recent(table, start, days=history_days), rung, booster=booster, start=model)
        chances.append(probabilities(model, table.between(start, end).inputs))
    assert model is not None  # noqa: S101  for mypy: there is an origin
    together: Vector = numpy().concatenate(chances)
    return Try(log_losses(together, table.between(origins[0], None).labels), together), model


def _base_rates(table: ExampleTable, origins: Sequence[date]) -> Vector:
    np = numpy()
    parts = []
    for start, end in zip(origins, [*origins[1:], None], strict=True):
        rows = table.between(start, end)
        parts.append(np.full(len(rows.labels), table.known_by(start).base_rate))
    base: Vector = np.concatenate(parts)
    return base


def _is_shorter(table: ExampleTable, origins: Sequence[date], *, days: int) -> bool:
    """Whether learning from the latest `days` leaves something out before some origin, and enough to learn from before each."""
    known = [recent(table, origin, days=days) for origin in origins]
    everything = [table.known_by(origin) for origin in origins]
    leaves_out = any(
        len(some.labels) < len(all_.labels) for some, all_ in zip(known, everything, strict=True)
    )
    return leaves_out and all(map(_has_enough, known))


def _has_enough(table: ExampleTable) -> bool:
    np = numpy()
    return all(len(np.unique(table.accounts[table.labels == label])) >= FEWEST_DEPARTURES for label in (0, 1))
