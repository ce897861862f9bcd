"""The models that were trained, as clients see them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal

import msgspec

from keepwell.churn.model import ChurnModel
from keepwell.churn.report import Interval, ModelReport, RungName

# It makes lists; it is kept aside until it is compared with the champion; neither.
Standing = Literal["champion", "challenger", "retired"]


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """How a challenger and the `champion` predicted the same accounts on the same days, which neither had learnt from.

    `gain` is the champion's mean log loss less the challenger's, with 95 % of resamples of whole accounts: above zero the challenger is
    better. By "held_out", the challenger's predictions are those of its training, of days that its weights did not know; by "shadow",
    those that it made every night beside the champion. `departed` of the `snapshots` were followed by a departure.
    """

    by: Literal["held_out", "shadow"]
    champion: int
    gain: Interval
    accounts: int
    days: int
    snapshots: int
    departed: int

    @property
    def is_won(self) -> bool:
        """Whether the challenger is better beyond chance; a tie is no win."""
        return self.gain.low > 0


class TrainedModel(ChurnModel, frozen=True, kw_only=True):
    """A model in the list of models, with the day of its save list and the list's revenue at risk a month.

    Both are null of a model that has made no list, and the money also if its label knows none, or if it is of a release that did not
    keep it.

    `standing` says since when it makes lists, is kept aside, or does neither, and `standing_why` why. `comparison` is a challenger's with
    the champion of then, once there was one.

    `rung` is the kind of model that was chosen; null if there was too little to choose, or if it is of a release without a choice.
    """

    standing: Standing
    standing_since: datetime
    standing_why: str
    comparison: Comparison | None
    as_of: date | None
    rung: RungName | None
    revenue_at_risk: str | None


class ModelWithReport(TrainedModel, frozen=True, kw_only=True):
    """A model with its report; null if nothing was tested, or if it is of a release without reports.

    `currency` is the workspace's, in which the report's money is.
    """

    currency: str
    report: ModelReport | None


class ModelPage(msgspec.Struct, frozen=True):
    """A page of models."""

    items: Sequence[TrainedModel]
    next: str | None
