"""Spells as arrays: how long an account went on paying from a landmark on, and what was known of it there.

A landmark is a day on which an account paid. It is followed from there until it leaves, or until the records end: then it is
censored, not known to stay. Time before its first landmark never counts as survived (left truncation), since whoever left
earlier was never seen; how long it had been a customer is one of the inputs.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import msgspec

from keepwell.churn.arrays import numpy

if TYPE_CHECKING:
    from keepwell.churn.arrays import Mask, Matrix, Whole


class Spells(msgspec.Struct, frozen=True, kw_only=True):
    """A row per landmark: the inputs as known on its day (an ordinal), its account, the days observed after it, and whether it left."""

    inputs: Matrix
    accounts: Whole
    landmarks: Whole
    observed: Whole
    left: Mask

    def where(self, mask: Mask) -> Spells:
        """The rows that `mask` selects."""
        return Spells(
            inputs=self.inputs[mask],
            accounts=self.accounts[mask],
            landmarks=self.landmarks[mask],
            observed=self.observed[mask],
            left=self.left[mask],
        )

    def known_on(self, day: date) -> Spells:
        """The rows of landmarks before `day`, as they were known then: whoever left later was still there."""
        since = day.toordinal() - self.landmarks
        earlier = self.where(since > 0)
        since = since[since > 0]
        return msgspec.structs.replace(
            earlier,
            observed=numpy().minimum(earlier.observed, since),
            left=earlier.left & (earlier.observed <= since),
        )

    def followed(self, since: date, *, days: int, until: date) -> Spells:
        """The rows of landmarks from `since` on whose next `days` are over by `until`."""
        is_later = self.landmarks >= since.toordinal()
        return self.where(is_later & (self.landmarks + days <= until.toordinal()))

    def left_within(self, days: int) -> Mask:
        """Whether each row left within `days` of its landmark."""
        within: Mask = self.left & (self.observed <= days)
        return within


def middle_landmark(landmarks: Sequence[int]) -> date:
    """The day that divides the landmarks into an earlier half, to fit on, and a later one, to test on."""
    days = sorted(set(landmarks))
    return date.fromordinal(days[len(days) // 2])
