"""The models that were trained, as clients see them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec

from keepwell.churn.model import ChurnModel
from keepwell.churn.report import ModelReport, RungName


class TrainedModel(ChurnModel, frozen=True, kw_only=True):
    """A model in the list of models, with the day of its save list and the list's revenue at risk a month.

    That is null if its label knows no money, or if it is of a release that did not keep it.

    `rung` is the kind of model that was chosen; null if there was too little to choose, or if it is of a release without a choice.
    """

    as_of: date
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
