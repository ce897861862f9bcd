"""Compares what a challenger and the champion predicted of the same accounts on the same days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Literal
from uuid import UUID

import msgspec
import numpy as np

from keepwell.churn.champions.model import is_enough
from keepwell.churn.learning.judgement import behind, log_losses
from keepwell.churn.report import Interval
from keepwell.churn.trained.model import Comparison

if TYPE_CHECKING:
    from keepwell.churn.arrays import Vector, Whole
    from keepwell.churn.pipeline import LearningResult

_SEED = 20_240_501
# Scores are kept with four places, so that 0 stands for all that is less than half of the last one.
_PLACES, _LEAST = 4, 0.00005
# What the champion said of an account on a day.
Said = Mapping[tuple[UUID, date], float]


class Pairs(msgspec.Struct, frozen=True, kw_only=True):
    """One row per account and day that both models scored: both probabilities, and whether the account left within the horizon."""

    champion: Vector
    challenger: Vector
    labels: Whole
    accounts: Whole
    days: Whole

    @property
    def are_enough(self) -> bool:
        """Whether enough accounts left, and enough others stayed."""
        return is_enough(departed=self._accounts_with(1), stayed=self._accounts_with(0))

    def _accounts_with(self, label: int) -> int:
        return len(np.unique(self.accounts[self.labels == label]))


class PairRow(msgspec.Struct, frozen=True):
    """A row of `Pairs` as values."""

    account_id: UUID
    as_of: date
    champion: float
    challenger: float
    left: bool


def pairs_of(rows: Sequence[PairRow]) -> Pairs:
    """The rows as columns."""
    numbers: dict[UUID, int] = {}
    return Pairs(
        champion=np.array([row.champion for row in rows], np.float64),
        challenger=np.array([row.challenger for row in rows], np.float64),
        labels=np.array([row.left for row in rows], np.int64),
        accounts=np.array([numbers.setdefault(row.account_id, len(numbers)) for row in rows], np.int64),
        days=np.array([row.as_of.toordinal() for row in rows], np.int64),
    )


def held_out_pairs(learned: LearningResult, said: Said) -> Pairs:
    """The held-out predictions of a training beside what the champion had told about the same accounts on the same days.

    Without a signal, the challenger would have given everybody the base rate of the day.
    """
    told, group = learned.held_out, learned.studied.group
    ids = dict(zip(group.external_ids, group.account_ids, strict=True))
    served = told.probabilities if learned.evaluation.signal == "found" else told.base
    rows = zip(told.accounts, told.days, served, told.left, strict=True)
    return pairs_of(
        [
            PairRow(ids[account], day, said[ids[account], day], chance, left)
            for account, day, chance, left in rows
            if (ids[account], day) in said
        ]
    )


def compare(pairs: Pairs, *, champion: int, by: Literal["held_out", "shadow"]) -> Comparison:
    """The mean gain in log loss, and 95 % of its bootstrap over accounts; there must be pairs."""
    mine, other = (log_losses(_kept(each), pairs.labels) for each in (pairs.challenger, pairs.champion))
    found = behind(other, mine, accounts=pairs.accounts, seed=_SEED).interval
    return Comparison(
        by=by,
        champion=champion,
        gain=Interval(*(round(each, 6) for each in (found.value, found.low, found.high))),
        accounts=len(np.unique(pairs.accounts)),
        days=len(np.unique(pairs.days)),
        snapshots=len(pairs.labels),
        departed=int(pairs.labels.sum()),
    )


def _kept(chances: Vector) -> Vector:
    kept: Vector = np.clip(np.round(chances, _PLACES), _LEAST, 1 - _LEAST)
    return kept
