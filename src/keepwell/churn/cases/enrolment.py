"""Which accounts of a list get a case: a rule that one sentence says. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from math import ceil

import msgspec

from keepwell.churn.label import LabelName
from keepwell.churn.model import ChurnKind, Score, rounded_probability

# The part of the list that somebody works through; see docs/adr/0052.
FIRST_SHARE = 0.1
RULE = "A case is opened for each account in the first tenth of the voluntary list that is at least as likely to leave as accounts usually are."


class ListMade(msgspec.Struct, frozen=True, kw_only=True):
    """A list as it is made: the model behind it, the day that it is about, and its scores."""

    model_version: int
    as_of: date
    scores: Sequence[Score]


class ModelOfList(msgspec.Struct, frozen=True):
    """What the model of a list calls leaving, how far it looks ahead, and the rate at which accounts usually leave."""

    label: LabelName
    horizon_days: int
    base_rate: float

    def ends_on(self, as_of: date) -> date:
        """The last day that a list as of that day is about."""
        return as_of + timedelta(days=self.horizon_days)


def enrolled(made: ListMade, model: ModelOfList, *, today: date) -> Sequence[Score]:
    """The scores that open a case, the most revenue at risk first.

    None of a list about inactivity, since a case ends by what an account pays, and none of a list whose horizon is over, since
    nobody can be contacted in the past.
    """
    if model.label != "subscription" or model.ends_on(made.as_of) <= today:
        return []
    voluntary = sorted(
        (each for each in made.scores if each.kind is ChurnKind.VOLUNTARY), key=lambda each: each.rank
    )
    # As it is rounded in scores: without a signal everybody has the base rate.
    usual = float(rounded_probability(model.base_rate))
    first = voluntary[: ceil(FIRST_SHARE * len(voluntary))]
    return [each for each in first if each.probability >= usual]
