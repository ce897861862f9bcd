"""Lists beside what became of their accounts, as columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
import numpy as np

from keepwell.churn.doors.door import Group, Outcomes
from keepwell.churn.label import Label
from keepwell.churn.learning.judgement import LabelledPredictions
from keepwell.churn.live.betting import SettledList
from keepwell.churn.live.judging import MaturedRows
from keepwell.churn.live.store import ListRow, ScoreRow

if TYPE_CHECKING:
    from keepwell.churn.arrays import Mask, Vector


class PastList:
    """A list as it was made, and by which share the odds of its model may be off."""

    def __init__(self, row: ListRow, scores: Sequence[ScoreRow], tolerance: float) -> None:
        self.row, self.scores, self.tolerance = row, scores, tolerance

    @cached_property
    def chances(self) -> Vector:
        """The probability of each account."""
        return np.array([each.probability for each in self.scores], dtype=np.float64)

    @cached_property
    def is_held(self) -> Mask:
        """Whether the account was left alone."""
        return np.array([each.is_held for each in self.scores], dtype=bool)

    @cached_property
    def has_cancelled(self) -> Mask:
        """Whether the account had announced that it leaves, which is no prediction."""
        return np.array([each.has_cancelled for each in self.scores], dtype=bool)


def settled(past: PastList, group: Group[Any]) -> SettledList:
    """The list as it is bet on: its accounts that had announced nothing, and whose outcome is known."""
    outcomes = _outcomes(past, group, days=past.row.horizon_days)
    rows = ~past.has_cancelled & outcomes.is_known
    return SettledList(
        as_of=past.row.as_of,
        model_version=past.row.model_version,
        chances=past.chances[rows],
        left=outcomes.left[rows].astype(np.int64),
        undisturbed=_undisturbed(past)[rows],
        tolerance=past.tolerance,
    )


def _undisturbed(past: PastList) -> Mask:
    """The accounts that nobody was to work on: everybody if nobody was contacted, else those whom chance has left alone.

    Not whoever was not contacted: people contact those whom they think about to leave.
    """
    if any(each.was_contacted for each in past.scores):
        return past.is_held
    return np.ones(len(past.scores), dtype=bool)


def matured(lists: Sequence[PastList], group: Group[Any], *, days: int | None) -> MaturedRows:
    """The accounts of the lists that had announced nothing, after so many days, or the whole horizon; there must be a list."""
    numbers: dict[UUID, int] = {}
    parts = [_part(each, group, days=days, numbers=numbers) for each in lists]
    label = msgspec.json.decode(lists[0].row.label, type=Label)
    return MaturedRows(
        predictions=LabelledPredictions(
            **{
                name: np.concatenate([getattr(each.predictions, name) for each in parts])
                for name in LabelledPredictions.__struct_fields__
            }
        ),
        is_known=np.concatenate([each.is_known for each in parts]),
        lists=len(lists),
        is_over=days is None or all(days >= each.row.horizon_days for each in lists),
        has_money=label.has_money,
    )


def _part(past: PastList, group: Group[Any], *, days: int | None, numbers: dict[UUID, int]) -> MaturedRows:
    outcomes = _outcomes(past, group, days=days or past.row.horizon_days)
    rows = ~past.has_cancelled
    made = LabelledPredictions(
        chances=past.chances,
        base=np.full(len(past.scores), past.row.base_rate),
        labels=outcomes.left.astype(np.int64),
        accounts=np.array(
            [numbers.setdefault(each.account_id, len(numbers)) for each in past.scores], dtype=np.int64
        ),
        mrr=np.array([each.mrr for each in past.scores], dtype=np.float64),
    )
    return MaturedRows(predictions=made.where(rows), is_known=outcomes.is_known[rows], lists=1)


def _outcomes(past: PastList, group: Group[Any], *, days: int) -> Outcomes:
    """What became of every account; unknown if it is no longer on record."""
    places: Mapping[UUID, int] = {account: place for place, account in enumerate(group.account_ids)}
    found = np.array([places.get(each.account_id, -1) for each in past.scores], dtype=np.int64)
    there = np.flatnonzero(found >= 0)
    # Sorted by place, as every other reading of accounts is.
    there = there[np.argsort(found[there], kind="stable")]
    seen = group.outcomes(found[there], past.row.as_of, days=days)
    left, is_known = np.zeros(len(found), dtype=bool), np.zeros(len(found), dtype=bool)
    left[there], is_known[there] = seen.left, seen.is_known
    return Outcomes(left, is_known)
