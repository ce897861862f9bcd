"""Drift: how far the accounts of a night are from those that the model was learnt from, input by input. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal

import msgspec

# The model's probability, judged beside its inputs; no input is called so.
PROBABILITY = "probability"
StatisticName = Literal["psi", "ks", "js", "unknown"]
STATISTICS: Sequence[StatisticName] = ("psi", "ks", "js", "unknown")
# Drift is looked for once a week, and found by chance in at most one year of so many.
LOOKS_PER_YEAR, YEARS_WITHOUT_FALSE_ALARM = 52, 12
PER_LOOK = 1 / (LOOKS_PER_YEAR * YEARS_WITHOUT_FALSE_ALARM)
DAYS_BETWEEN_LOOKS = 7


class InputReference(msgspec.Struct, frozen=True, kw_only=True):
    """How one input was distributed in training: the rows of each day by part of its range.

    A part ends with one of the `edges`, which are in the input's unit and ascending, and one follows the last. `counts` has one row per day
    and one number per part, and then that of the rows in which the input is unknown.
    """

    name: str
    edges: Sequence[float]
    counts: Sequence[Sequence[int]]


class DriftReference(msgspec.Struct, frozen=True, kw_only=True):
    """What the accounts of a model's training were like, on each of `days`.

    `accounts` is how many independent accounts the rows are worth if all rows of one say the same (Kish's effective size).
    """

    days: Sequence[date]
    accounts: float
    inputs: Sequence[InputReference]


class TrainingReference(DriftReference, frozen=True, kw_only=True):
    """What is kept of a training with its model; it learnt from `departed` accounts and days that left."""

    departed: int


class InputDrift(msgspec.Struct, frozen=True, kw_only=True):
    """How far one input is from the training's: the population stability index, Kolmogorov and Smirnov's distance, and Jensen and Shannon's.

    They are of the accounts in which the input is known; `unknown` is the share of the others, and `unknown_before` that of the training. `usual_psi`,
    `usual_ks`, `usual_js` and `usual_unknown` (a difference of shares) are what chance exceeds in 5 of 100 shops of this size. `chance` is
    how often chance alone moves any input of the model as far as this one, and it `is_drifted` if that is less than once in 624 looks.
    """

    name: str
    psi: float
    ks: float
    js: float
    unknown: float
    unknown_before: float
    usual_psi: float
    usual_ks: float
    usual_js: float
    usual_unknown: float
    chance: float
    is_drifted: bool


class DriftJudgement(msgspec.Struct, frozen=True, kw_only=True):
    """The drift of every input that the model reads, and of its probability, furthest first."""

    accounts: int
    inputs: Sequence[InputDrift]

    @property
    def drifted(self) -> Sequence[str]:
        """The names of those that have drifted."""
        return [each.name for each in self.inputs if each.is_drifted]


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """What had drifted at one of the weekly looks."""

    run: int
    as_of: date
    model_version: int
    drifted: Sequence[str]


class DriftReport(msgspec.Struct, frozen=True, kw_only=True):
    """The drift of the newest list from the training of the model that made it, and the weekly looks, newest first, up to sixty.

    `inputs` is null if there is no list, or if a release without references trained its model: then drift is unknown. What counts as drifted are
    the looks: there are fewer of them than lists, so that chance is found in at most one year of twelve.
    """

    run: int | None = None
    as_of: date | None = None
    model_version: int | None = None
    accounts: int | None = None
    inputs: Sequence[InputDrift] | None = None
    looks: Sequence[Look] = ()
