"""What is audited: the held-out predictions of a training, computed once more, as rows.

This is the only part of the audit that knows how a training keeps its examples.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from keepwell.churn.audit.auditing import HeldOut
from keepwell.churn.audit.model import NothingToAudit
from keepwell.churn.learning.estimators.boosting import BoostingProcess
from keepwell.churn.learning.ladder import climb
from keepwell.churn.pipeline import LearningResult
from keepwell.churn.report import RungName

if TYPE_CHECKING:
    from keepwell.churn.arrays import Mask, Vector, Whole

_SEED = 20_240_501


class AuditedRows(msgspec.Struct, frozen=True, kw_only=True):
    """The predictions with what is on record of each row: its account's external id, and what was known of it on that day, by attribute."""

    since: date
    made: HeldOut
    accounts: Sequence[str]
    of_day: Mapping[str, Sequence[str]]


class AuditedModel(msgspec.Struct, frozen=True, kw_only=True):
    """Which kind of model is audited, from how many days it learnt (None: all), and whether its probabilities order the list."""

    rung: RungName
    history_days: int | None
    has_signal: bool


def audited_rows(learned: LearningResult, model: AuditedModel, *, top: int) -> AuditedRows:
    """The predictions of such a model; of each day, the `top` accounts that its list begins with are selected.

    The list is by probability times money, or by money alone if no signal was found. Raises NothingToAudit if too few left for a
    test, RungNotFitted if such a model cannot be fitted here, and Unavailable if the extra `churn` is not installed.
    """
    studied, split = learned.studied, learned.studied.split
    if not split.is_enough:
        hint = "Audit again when more accounts have left, or with the model of a longer horizon."
        raise NothingToAudit(
            f"There are no held-out predictions to audit. {learned.statement.split('. ')[0]}.", hint=hint
        )
    with BoostingProcess() as booster:
        ladder = climb(
            split.table,
            split.origins,
            rungs=(model.rung,),
            history_days=model.history_days,
            booster=booster,
            seed=_SEED,
        )
    predictions = ladder.predictions(model.rung)
    # In the order of the predictions: by day.
    past = studied.past.where(np.argsort(studied.past.days, kind="stable"))
    rows = past.where(past.days >= split.origins[0].toordinal())
    weights = rows.mrr if learned.label.has_money else np.ones(len(rows.mrr))
    worth = weights * predictions.chances if model.has_signal else weights
    return AuditedRows(
        since=split.origins[0],
        made=HeldOut(
            chances=predictions.chances,
            labels=predictions.labels,
            selected=first_of_each_day(worth, rows.days, top=top),
            accounts=predictions.accounts,
        ),
        accounts=[studied.group.external_ids[place] for place in rows.accounts],
        of_day=studied.group.known_of(rows),
    )


def first_of_each_day(worth: Vector, days: Whole, *, top: int) -> Mask:
    """The rows among the `top` of their day by `worth`; of equal ones, the earlier row."""
    order = np.lexsort((-worth, days))
    sorted_days = days[order]
    starts = np.searchsorted(sorted_days, sorted_days, side="left")
    selected: Mask = np.zeros(len(days), dtype=bool)
    selected[order] = np.arange(len(days)) - starts < top
    return selected
