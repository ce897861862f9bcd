"""The crawls of accounts' websites over HTTP, and how each was found; read only."""

from __future__ import annotations

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery, SkipValidation

from keepwell.crawl.accounts import service
from keepwell.crawl.accounts.model import (
    CrawlPage,
    CrawlSort,
    WebsiteFilter,
    WebsiteFilterState,
    WebsitePage,
    WebsiteTotals,
)
from keepwell.identity.model import Principal
from keepwell.platform.http.routes import TheClock, TheReader, problems, requires
from keepwell.platform.pagination.listing import Listing, SparsePage


def provide_website_filter(in_state: FromQuery[WebsiteFilterState | None] = None) -> WebsiteFilter:
    """The dependency `filters` of the list of websites."""
    return WebsiteFilter(in_state=in_state)


@get(
    "/v1/crawls",
    opt=requires("read"),
    tags=["websites"],
    summary="List crawls",
    operation_id="listCrawls",
    responses=problems(),
)
async def list_crawls(
    listing: SkipValidation[NamedDependency[Listing[None]]],
    clock: TheClock,
    sort: FromQuery[CrawlSort] = "-started_at",
) -> Response[CrawlPage | SparsePage]:
    """The crawls of accounts' websites: pages, statuses, retries, waits by cause, and what is left; those of 90 days."""
    found = await service.list_crawls(
        listing.reader,
        sort,
        workspace_id=listing.workspace_id,
        now=clock.now(),
        limit=listing.limit,
        after=listing.after,
    )
    return listing.answer(CrawlPage, found)


@get(
    "/v1/websites",
    opt=requires("read"),
    tags=["websites"],
    summary="List websites of accounts",
    operation_id="listWebsites",
    dependencies={"filters": Provide(provide_website_filter, sync_to_thread=False)},
    responses=problems(),
)
async def list_websites(
    listing: SkipValidation[NamedDependency[Listing[WebsiteFilter]]],
) -> Response[WebsitePage | SparsePage]:
    """The website of each account that has one, and how it was last found."""
    return await listing.read(service.list_websites, WebsitePage)


@get(
    "/v1/websites/totals",
    opt=requires("read"),
    tags=["websites"],
    summary="Websites by state",
    operation_id="getWebsiteTotals",
    responses=problems(),
)
async def get_totals(principal: NamedDependency[Principal], reader: TheReader) -> WebsiteTotals:
    """How many websites of accounts are in which state."""
    return await service.totals(reader, workspace_id=principal.workspace_id)


ROUTES: list[Any] = [list_crawls, list_websites, get_totals]
