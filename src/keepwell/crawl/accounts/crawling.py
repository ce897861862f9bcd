"""Crawls the websites of accounts: reads them, and keeps what changed. Needs the extra `crawl`, which the server does not.

The frontier's file remembers what was read, so that nothing is lost if a crawl dies before it has told Postgres.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import msgspec

from keepwell.crawl.accounts import service
from keepwell.crawl.accounts.model import CrawlCause, CrawlItem, Nonsense, Target, WebsiteReading
from keepwell.crawl.engine.crawler import Sink
from keepwell.crawl.frontier.kept.store import KeptResult, forget, kept_results
from keepwell.crawl.metrics import Tally
from keepwell.crawl.model import Limits
from keepwell.crawl.pages.urls import key_of, seed_of
from keepwell.crawl.service import Ending, crawl
from keepwell.crawl.sites import Site, Sites
from keepwell.identity import service as identity
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.errors import DataValidationError, KeepwellError
from keepwell.platform.runtime import Runtime
from keepwell.records.account_signals.model import NewSignal

# The front page, and what it links to: pricing and jobs are there.
ACCOUNT_LIMITS = Limits(depth=1, pages_per_host=25, connections=50, connections_per_host=2)

# What a crawl that was killed has read so lately is not asked for again.
_FRESH = timedelta(hours=1)


class AccountsCrawl(msgspec.Struct, frozen=True):
    """A crawl, what it found of each account's website, and the signals that were new; the former lacks what was not reached."""

    crawl: CrawlItem
    found: Mapping[Target, WebsiteReading | Nonsense]
    signals: Sequence[NewSignal]
    is_interrupted: bool


class Crawling(msgspec.Struct, frozen=True, kw_only=True):
    """What a crawl of a workspace's accounts needs."""

    database: Database
    settings: Settings
    runtime: Runtime
    workspace_id: UUID
    limits: Limits
    tally: Tally
    cause: CrawlCause
    sink: Sink = lambda _: None
    stop: asyncio.Event | None = None

    @property
    def file(self) -> Path:
        """The workspace's frontier."""
        return self.settings.frontier(self.workspace_id)


async def crawl_accounts(work: Crawling, account_ids: Sequence[UUID] | None = None) -> AccountsCrawl:
    """Read the websites of accounts, of all that have one if `account_ids` is None, and keep what changed as signals.

    Raises StorageFull, CorruptData or Unavailable of the frontier or the database, after keeping the crawl with its error;
    nothing of a website is an error.
    """
    started_at = work.runtime.clock.now()
    own = {"workspace_id": work.workspace_id}
    async with work.database.snapshot(work.workspace_id) as connection:
        targets = await service.targets(connection, **own, account_ids=account_ids)
        known = await service.urls(connection, **own)
        name = (await identity.current_workspace(connection)).name
    seeds, nonsense = _seeds_of(targets, now=started_at)
    limits = msgspec.structs.replace(work.limits, mentions=(*work.limits.mentions, name))
    work = msgspec.structs.replace(work, limits=limits)
    found: dict[Target, WebsiteReading | Nonsense] = dict(nonsense)
    signals: list[NewSignal] = []
    ending, error = None, None
    try:
        # What a crawl has read that died before it could tell.
        signals += await _keep(work, _readings(work, seeds))
        ending = await _crawled(work, set(seeds.values()), started_at=started_at)
        found |= _readings(work, seeds)
        signals += await _keep(work, found)
        if ending is not None and not ending.is_interrupted:
            _forget_others(work, [*known, *seeds.values()])
    except KeepwellError as problem:
        error = service.for_clients(problem)
        raise
    finally:
        made = _crawl_item(work, targets, seeds, started_at=started_at)
        left = 0 if ending is None else ending.left
        made = msgspec.structs.replace(made, signals=len(signals), queue_left=left, error=error)
        async with work.database.workspace(work.workspace_id) as connection:
            await service.keep_crawl(connection, made, **own)
    return AccountsCrawl(made, found, signals, is_interrupted=ending is not None and ending.is_interrupted)


def _seeds_of(
    targets: Sequence[Target], *, now: datetime
) -> tuple[dict[Target, str], dict[Target, Nonsense]]:
    """The canonical URL of each website; what is none, with the reason."""
    seeds, nonsense = {}, {}
    for target in targets:
        try:
            seeds[target] = seed_of(target.website)
        except DataValidationError as error:
            nonsense[target] = Nonsense(error.message, now)
    return seeds, nonsense


async def _crawled(work: Crawling, urls: set[str], *, started_at: datetime) -> Ending | None:
    """Crawl `urls` until each was read since an hour before `started_at`; None if there are none."""
    ending = None
    while urls:
        ending = await crawl(
            sorted(urls), work.file, limits=work.limits, runtime=work.runtime, tally=work.tally, sink=work.sink,
            stop=work.stop,
        )  # fmt: skip
        if not ending.continued or ending.left:
            break
        # It ended another one's work, and did not ask again for what that one had read, perhaps long ago.
        read_at = {each.result.due.url: each.read_at for each in kept_results(work.file)}
        urls = {url for url in urls if read_at.get(url, 0.0) < (started_at - _FRESH).timestamp()}
    return ending


def _readings(work: Crawling, seeds: Mapping[Target, str]) -> dict[Target, WebsiteReading | Nonsense]:
    """What the frontier's file says of each website."""
    by_url = readings_of(kept_results(work.file), urls=set(seeds.values()))
    return {target: by_url[url] for target, url in seeds.items() if url in by_url}


def readings_of(kept: Sequence[KeptResult], *, urls: set[str]) -> dict[str, WebsiteReading]:
    """What was read of each website: its first page, and what was read with it or after it."""
    began = {each.result.due.key: each.read_at for each in kept}
    sites = Sites(len(kept))
    newest: dict[int, float] = {}
    for each in kept:
        seed = each.result.due.seed
        # A page that the website has no more was read with an earlier one.
        if seed in began and each.read_at >= began[seed]:
            sites.add(each.result)
            newest[seed] = max(each.read_at, newest.get(seed, 0.0))
    return {
        site.url: _reading(site, read_at=datetime.fromtimestamp(newest[key_of(site.url)], UTC))
        for site in sites.all()
        if site.url in urls and site.outcome is not None
    }


def _reading(site: Site, *, read_at: datetime) -> WebsiteReading:
    return WebsiteReading(
        url=site.url,
        state=site.state.value,
        read_at=read_at,
        outcome=str(site.outcome),
        status=site.status,
        moved_to=site.moved_to if site.state == "moved" else None,
        title=site.title,
        technologies=site.technologies,
        prices=site.prices,
        is_hiring=site.is_hiring,
        mentions=site.mentions,
        pages=site.pages,
    )


async def _keep(work: Crawling, found: Mapping[Target, WebsiteReading | Nonsense]) -> list[NewSignal]:
    if not found:
        return []
    async with work.database.workspace(work.workspace_id) as connection:
        return await service.keep(connection, found, workspace_id=work.workspace_id, runtime=work.runtime)


def _forget_others(work: Crawling, urls: Sequence[str]) -> None:
    """Forget the websites that no account has any more, and leave what is due later to the next time that its account is."""
    if work.file.exists():
        now = work.runtime.clock.now().timestamp()
        forget(work.file, except_of={key_of(url) for url in urls}, now=now)


def _crawl_item(
    work: Crawling, targets: Sequence[Target], seeds: Mapping[Target, str], *, started_at: datetime
) -> CrawlItem:
    tally = work.tally
    return CrawlItem(
        id=work.runtime.ids.new(),
        cause=work.cause,
        started_at=started_at,
        ended_at=work.runtime.clock.now(),
        accounts=len(targets),
        websites=len(set(seeds.values())),
        signals=0,
        requests=tally.requests,
        bytes=tally.bytes,
        outcomes=dict(sorted(tally.outcomes.items())),
        statuses={str(status): count for status, count in sorted(tally.statuses.items())},
        retries=dict(sorted(tally.retries.items())),
        waited={cause: round(seconds, 3) for cause, seconds in sorted(tally.waited.items())},
        queue_left=0,
        error=None,
    )
