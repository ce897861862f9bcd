"""The spells of a training: the only part of survival that knows how a training keeps its examples."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from keepwell.churn.model import Observation
from keepwell.churn.pipeline import LearningResult
from keepwell.churn.snapshots import SpansByAccount
from keepwell.churn.survival.spells import Spells
from keepwell.revenue.model import PayingSpan

if TYPE_CHECKING:
    from keepwell.churn.arrays import Matrix


class Landmarks(msgspec.Struct, frozen=True, kw_only=True):
    """The spells of the past, and the inputs of the accounts that pay now and have not announced that they leave."""

    spells: Spells
    current: Sequence[Observation]
    inputs: Matrix


def landmarks_of(learned: LearningResult, by_account: SpansByAccount) -> Landmarks:
    """A landmark for each example of a training, followed until its account left or the records end.

    Raises Unavailable if the extra `churn` is not installed.
    """
    studied, until = learned.studied, learned.studied.observed
    past, table = studied.past, studied.split.table
    days = [
        leaving_day(by_account[studied.group.account_ids[place]], date.fromordinal(day), until=until)
        for place, day in zip(past.accounts.tolist(), past.days.tolist(), strict=True)
    ]
    ends = np.array([(day or until).toordinal() for day in days], dtype=np.int64)
    stays = np.array([not each.snapshot.has_cancelled for each in studied.current], dtype=bool)
    return Landmarks(
        spells=Spells(
            inputs=table.inputs,
            accounts=table.accounts,
            landmarks=table.days,
            observed=ends - table.days,
            left=np.array([day is not None for day in days], dtype=bool),
        ),
        current=[each for each in studied.current if not each.snapshot.has_cancelled],
        inputs=studied.inputs[stays],
    )


def leaving_day(spans: Sequence[PayingSpan], as_of: date, *, until: date) -> date | None:
    """The first day after `as_of`, and not after `until`, on which the account's MRR is zero; None if there is none."""
    ends = {span.ends_on for span in spans if span.ends_on is not None and as_of < span.ends_on <= until}
    return next((end for end in sorted(ends) if not any(span.covers(end) for span in spans)), None)
