"""Exchange rates over HTTP."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Annotated, Any

from litestar import Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import JSONBody, QueryParameter, SkipValidation

from keepwell.identity.model import Actor
from keepwell.platform.http.routes import TheClock, problems, requires
from keepwell.platform.http.writes import TheWrite
from keepwell.platform.pagination.listing import Listing
from keepwell.platform.values.periods import require_order
from keepwell.revenue.rates import service
from keepwell.revenue.rates.model import ExchangeRatePage, ImportedRates, NewRates, RateFilter, RatePlace

Currency = Annotated[str | None, QueryParameter(pattern="^[A-Z]{3}$", description="An ISO 4217 code.")]


def provide_rate_filter(
    currency: Currency = None,
    start: Annotated[date | None, QueryParameter(name="from", description="The first day.")] = None,
    end: Annotated[date | None, QueryParameter(name="to", description="The last day, included.")] = None,
) -> RateFilter:
    """The dependency `filters`: the filter of the list of exchange rates."""
    require_order(start, end)
    return RateFilter(currency=currency, start=start, end=end)


@get(
    "/v1/exchange-rates",
    opt=requires("read"),
    tags=["metrics"],
    summary="List exchange rates",
    operation_id="listExchangeRates",
    dependencies={"filters": Provide(provide_rate_filter, sync_to_thread=False)},
    responses=problems(),
)
async def list_exchange_rates(
    listing: SkipValidation[NamedDependency[Listing[RateFilter]]],
) -> Response[ExchangeRatePage]:
    """What one unit of each currency is worth in the workspace's, from its day until the next; newest first."""
    items, end = await service.rates_page(
        listing.reader,
        listing.filters,
        workspace_id=listing.workspace_id,
        limit=listing.limit,
        after=listing.place(RatePlace),
    )
    cursor, headers = listing.next_page(end)
    return Response(ExchangeRatePage(items, cursor), headers=headers)


@post(
    "/v1/exchange-rates",
    opt=requires("settings"),
    tags=["metrics"],
    summary="Set exchange rates",
    operation_id="setExchangeRates",
    status_code=200,
    responses=problems(409),
)
async def set_exchange_rates(
    data: JSONBody[NewRates], write: TheWrite, actor: NamedDependency[Actor], clock: TheClock
) -> Response[ImportedRates]:
    """Set rates, each replacing one of its day, and recompute the figures that depend on them; all or none."""
    return await write.act(partial(service.import_new, write.connection, actor, data, clock=clock))


ROUTES: list[Any] = [list_exchange_rates, set_exchange_rates]
