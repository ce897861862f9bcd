"""A bias audit: how the predictions of a model differ between groups of accounts, and how sure each difference is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal

import msgspec

from keepwell.platform.errors import DomainError, NotFound

DEFAULT_TOP = 20
# A share of fewer accounts has an interval of half the scale.
FEWEST_ACCOUNTS = 10

GroupKind = Literal["value", "others", "unknown"]
FigureName = Literal["base_rate", "selection_rate", "tpr", "fpr", "auc", "calibration_gap"]
FIGURES: Sequence[FigureName] = (
    "base_rate",
    "selection_rate",
    "tpr",
    "fpr",
    "auc",
    "calibration_gap",
)


class NoSuchAttribute(NotFound):
    """No account has this attribute on record."""

    code = "no-such-attribute"


class NothingToAudit(DomainError):
    """There is no model, or too few accounts left to predict any of them."""

    code = "nothing-to-audit"


class Figure(msgspec.Struct, frozen=True):
    """A figure of a group, and its 95 % interval."""

    value: float
    low: float
    high: float


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """The accounts with one `value`, those with one of `values` rarer ones, or those whose value is unknown."""

    kind: GroupKind
    value: str | None = None
    values: int = 1


class GroupFigures(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of a group; None if too few accounts stand behind one to judge it.

    `snapshots` counts the held-out predictions, `accounts` whose they are, `departed` the accounts that left within a horizon, and
    `stayed` those that stayed through one. Rates are shares of predictions. `tpr` is the share of departures that was
    selected, `fpr` that of stays. `calibration_gap` is the mean predicted probability less the base rate.
    """

    group: Group
    snapshots: int
    accounts: int
    departed: int
    stayed: int
    base_rate: Figure | None = None
    selection_rate: Figure | None = None
    tpr: Figure | None = None
    fpr: Figure | None = None
    auc: Figure | None = None
    calibration_gap: Figure | None = None


class GroupDifference(msgspec.Struct, frozen=True, kw_only=True):
    """A group's figure less that of all other accounts, with its own 95 % interval.

    `is_beyond_chance` takes into account how many differences were looked at: with 95 % confidence, none of those that it names
    is due to chance.
    """

    group: Group
    figure: FigureName
    value: float
    low: float
    high: float
    is_beyond_chance: bool


class GroupAudit(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of all accounts and of each group, the largest first, and how each group differs from the other accounts."""

    overall: GroupFigures
    groups: Sequence[GroupFigures]
    differences: Sequence[GroupDifference]


class BiasAudit(msgspec.Struct, frozen=True, kw_only=True):
    """A bias audit of a model by one attribute, and what it shows, a sentence each."""

    model_version: int
    horizon_days: int
    by: str
    held_out_from: date
    selection: str
    overall: GroupFigures
    groups: Sequence[GroupFigures]
    differences: Sequence[GroupDifference]
    notes: Sequence[str]
