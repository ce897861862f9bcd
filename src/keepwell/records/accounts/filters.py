"""The query parameters that filter accounts, the same for the list, its totals and its export."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, TypeAlias

import msgspec
from litestar.di import NamedDependency, Provide
from litestar.openapi.spec import Example
from litestar.params import FromQuery, QueryParameter

from keepwell.records.accounts.model import (
    AccountFigures,
    AccountFilter,
    AccountSort,
    AccountStatus,
    RiskKind,
)

_MRR = r"^[0-9]{1,12}(\.[0-9]{1,2})?$"
_MONEY = [Example(value="49.00")]

Text: TypeAlias = str | None
Day: TypeAlias = date | None
Probability: TypeAlias = float | None

Search = Annotated[Text, QueryParameter(max_length=200, description="A part of the name or id.")]
Plan = Annotated[Text, QueryParameter(max_length=255, description="The plan's name.")]
Country = Annotated[
    Text, QueryParameter(max_length=255, description="As it is on record.", examples=[Example(value="CH")])
]
Industry = Annotated[Text, QueryParameter(max_length=255, description="As it is on record.")]
MrrFrom = Annotated[Text, QueryParameter(pattern=_MRR, description="The least MRR.", examples=_MONEY)]
MrrTo = Annotated[Text, QueryParameter(pattern=_MRR, description="The most MRR.", examples=_MONEY)]
SinceFrom = Annotated[Day, QueryParameter(description="The first day of `since`.")]
SinceTo = Annotated[Day, QueryParameter(description="The last day of `since`.")]
ChurnedFrom = Annotated[Day, QueryParameter(description="The first day of `churned_on`.")]
ChurnedTo = Annotated[Day, QueryParameter(description="The last day of `churned_on`.")]
RiskFrom = Annotated[
    Probability, QueryParameter(ge=0, le=1, description="The least probability on the save list.")
]
RiskTo = Annotated[
    Probability, QueryParameter(ge=0, le=1, description="The highest probability on the save list.")
]
Kind = Annotated[RiskKind | None, QueryParameter(description="How it may leave, by the save list.")]


def provide_account_figures(
    mrr_from: MrrFrom = None,
    mrr_to: MrrTo = None,
    since_from: SinceFrom = None,
    since_to: SinceTo = None,
    churned_from: ChurnedFrom = None,
    churned_to: ChurnedTo = None,
    risk_from: RiskFrom = None,
    risk_to: RiskTo = None,
    kind: Kind = None,
) -> AccountFigures:
    """The dependency `figures`; raises DataValidationError for a range that ends before it begins."""
    figures = AccountFigures(
        mrr_from=None if mrr_from is None else Decimal(mrr_from),
        mrr_to=None if mrr_to is None else Decimal(mrr_to),
        since_from=since_from,
        since_to=since_to,
        churned_from=churned_from,
        churned_to=churned_to,
        risk_from=risk_from,
        risk_to=risk_to,
        kind=kind,
    )
    figures.require_ranges()
    return figures


def provide_account_filter(
    figures: NamedDependency[AccountFigures],
    q: Search = None,
    status: FromQuery[AccountStatus | None] = None,
    plan: Plan = None,
    country: Country = None,
    industry: Industry = None,
    sort: FromQuery[AccountSort] = "-mrr",
) -> AccountFilter:
    """The dependency `filters`: the filter of the account lists."""
    return AccountFilter(
        search=q,
        status=status,
        plan=plan,
        country=country,
        industry=industry,
        sort=sort,
        **msgspec.structs.asdict(figures),
    )


FILTERS: Mapping[str, Provide] = {
    "figures": Provide(provide_account_figures, sync_to_thread=False),
    "filters": Provide(provide_account_filter, sync_to_thread=False),
}
