"""Which accounts of a list get a case: a rule that one sentence says. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from math import ceil
from typing import Literal

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


# The list is about inactivity, and a case ends by what an account pays; its last day was over when it was made, and nobody can be
# contacted in the past.
NoCases = Literal["inactivity", "old_list"]


def why_no_cases(label: LabelName, *, ends_on: date, made_on: date) -> NoCases | None:
    """Why a list opens no case: what it calls leaving, or that its last day is over by then; None if it opens some."""
    if label != "subscription":
        return "inactivity"
    return "old_list" if ends_on <= made_on else None


def enrolled(made: ListMade, model: ModelOfList, *, today: date) -> Sequence[Score]:
    """The scores that open a case, the most revenue at risk first; none if the list opens no case."""
    if why_no_cases(model.label, ends_on=model.ends_on(made.as_of), made_on=today) is not None:
        return []
    voluntary = sorted(
        (each for each in made.scores if each.kind is ChurnKind.VOLUNTARY), key=lambda each: each.rank
    )
    # As it is rounded in scores: without a signal everybody has the base rate.
    usual = float(rounded_probability(model.base_rate))
    first = voluntary[: ceil(FIRST_SHARE * len(voluntary))]
    return [each for each in first if each.probability >= usual]
