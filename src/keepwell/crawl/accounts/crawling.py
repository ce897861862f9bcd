"""Crawls the websites of accounts: reads them, and keeps what changed. Needs the extra `crawl`, which the server does not.

The frontier's file remembers what was read, so that nothing is lost if a crawl dies before it has told Postgres.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from pathlib import Path
from uuid import UUID

import msgspec

from keepwell.crawl.accounts import service
from keepwell.crawl.accounts.model import CrawlCause, CrawlItem, LeftOut, Nonsense, Target, WebsiteReading
from keepwell.crawl.accounts.readings import FRESH, readings_of
from keepwell.crawl.engine.crawler import Sink
from keepwell.crawl.frontier.kept.store import (
    forget,
    forget_due_of_others,
    kept_results,
    unfinished,
)
from keepwell.crawl.metrics import Tally
from keepwell.crawl.model import Limits
from keepwell.crawl.pages.urls import key_of, seed_of
from keepwell.crawl.service import Ending, crawl
from keepwell.identity import service as identity
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.errors import DataValidationError, InfrastructureError, KeepwellError
from keepwell.platform.runtime import Runtime
from keepwell.records.account_signals.model import NewSignal

# The front page, and what it links to: pricing and jobs are there.
ACCOUNT_LIMITS = Limits(depth=1, pages_per_host=24, connections=50, connections_per_host=2)

# In seconds: a person who waits sees that it goes on.
_TOLD_EVERY = 5.0


class AccountsCrawl(msgspec.Struct, frozen=True):
    """A crawl, what it found of each website, and the signals that were new; the former lacks what was not reached."""

    crawl: CrawlItem
    found: Mapping[Target, WebsiteReading | Nonsense]
    signals: Sequence[NewSignal]
    left_out: Sequence[LeftOut]
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
        left_out = await service.left_out(connection, **own, account_ids=account_ids)
        known = await service.urls(connection, **own)
        name = (await identity.current_workspace(connection)).name
    seeds, nonsense = _seeds_of(targets, now=started_at)
    limits = msgspec.structs.replace(
        work.limits, mentions=(*work.limits.mentions, name), single_pages=_single_pages(seeds)
    )
    work = msgspec.structs.replace(work, limits=limits)
    found: dict[Target, WebsiteReading | Nonsense] = dict(nonsense)
    signals: list[NewSignal] = []
    begun = _begun(work, seeds, started_at=started_at)
    ending, error = None, None
    try:
        async with _heard_of(work, begun):
            # What a crawl has read that died before it could tell.
            signals += await _keep(work, _readings(work, seeds))
            ending = await _crawled(work, _to_ask(work, seeds, started_at=started_at), started_at=started_at)
            found |= _readings(work, seeds)
            signals += await _keep(work, found)
            if ending is not None and not ending.is_interrupted:
                _forget_others(work, [*known, *seeds.values()], of=seeds.values())
    except KeepwellError as problem:
        error = service.for_clients(problem)
        raise
    finally:
        now = work.runtime.clock.now()
        left = 0 if ending is None else ending.left
        made = msgspec.structs.replace(
            _so_far(work, begun),
            state="ended",
            ended_at=now,
            signals=len(signals),
            queue_left=left,
            error=error,
        )
        async with work.database.workspace(work.workspace_id) as connection:
            await service.keep_crawl(connection, made, **own, now=now)
    is_interrupted = ending is not None and ending.is_interrupted
    return AccountsCrawl(made, found, signals, left_out, is_interrupted)


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


def _single_pages(seeds: Mapping[Target, str]) -> frozenset[int]:
    """What is nobody's own website: a page of a review site must not have 24 others of it read."""
    own = {url for target, url in seeds.items() if target.is_own}
    return frozenset(key_of(url) for url in seeds.values() if url not in own)


def _to_ask(work: Crawling, seeds: Mapping[Target, str], *, started_at: datetime) -> set[str]:
    """What to read: a worker that has just read a page for other accounts, which name it too, does not ask again."""
    urls = set(seeds.values())
    if work.cause == "command":
        return urls
    # A command for all accounts that was interrupted is not to be ended by who reads a hundred, and may have been told to stop.
    forget_due_of_others(work.file, set(map(key_of, urls)), now=started_at.timestamp())
    single = _single_pages(seeds)
    return urls - {
        each.result.due.url
        for each in kept_results(work.file, single)
        if each.result.due.key in single and each.read_at > (started_at - FRESH).timestamp()
    }


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
        kept = kept_results(work.file, set(map(key_of, urls)))
        read_at = {each.result.due.url: each.read_at for each in kept}
        urls = {url for url in urls if read_at.get(url, 0.0) < (started_at - FRESH).timestamp()}
    return ending


def _readings(work: Crawling, seeds: Mapping[Target, str]) -> dict[Target, WebsiteReading | Nonsense]:
    """What the frontier's file says of each website."""
    keys = set(map(key_of, seeds.values()))
    kept = kept_results(work.file, keys)
    own = readings_of(
        kept,
        urls={url for target, url in seeds.items() if target.is_own},
        named=_single_pages(seeds),
        unfinished=unfinished(work.file, keys),
    )
    # Of a page that is named, what it leads to counts, and nothing that it links to.
    entrances = [each for each in kept if each.result.due.parent is None]
    others = readings_of(entrances, urls={url for target, url in seeds.items() if not target.is_own})
    found = {target: (own if target.is_own else others).get(url) for target, url in seeds.items()}
    return {target: reading for target, reading in found.items() if reading is not None}


async def _keep(work: Crawling, found: Mapping[Target, WebsiteReading | Nonsense]) -> list[NewSignal]:
    if not found:
        return []
    async with work.database.workspace(work.workspace_id) as connection:
        return await service.keep(connection, found, workspace_id=work.workspace_id, runtime=work.runtime)


def _forget_others(work: Crawling, urls: Sequence[str], *, of: Iterable[str]) -> None:
    """Forget the websites that nobody names any more, and leave what is due later to the next time that its account is."""
    if work.file.exists():
        now = work.runtime.clock.now().timestamp()
        forget(work.file, except_of=set(map(key_of, urls)), of=set(map(key_of, of)), now=now)


def _begun(work: Crawling, seeds: Mapping[Target, str], *, started_at: datetime) -> CrawlItem:
    return CrawlItem(
        id=work.runtime.ids.new(),
        cause=work.cause,
        started_at=started_at,
        ended_at=None,
        state="under_way",
        accounts=len({target.account_id for target in seeds}),
        websites=len(set(seeds.values())),
        queue_left=len(set(seeds.values())),
    )


def _so_far(work: Crawling, begun: CrawlItem) -> CrawlItem:
    tally = work.tally
    return msgspec.structs.replace(
        begun,
        requests=tally.requests,
        bytes=tally.bytes,
        outcomes=dict(sorted(tally.outcomes.items())),
        statuses={str(status): count for status, count in sorted(tally.statuses.items())},
        retries=dict(sorted(tally.retries.items())),
        waited={cause: round(seconds, 3) for cause, seconds in sorted(tally.waited.items())},
        # It counts what is due as soon as it has opened its file.
        queue_left=tally.left if tally.outcomes else begun.queue_left,
    )


@asynccontextmanager
async def _heard_of(work: Crawling, begun: CrawlItem) -> AsyncIterator[None]:
    """Say within the block how far the crawl is."""
    telling = asyncio.create_task(_tell(work, begun))
    try:
        yield
    finally:
        telling.cancel()
        await asyncio.wait([telling])
    if not telling.cancelled():
        telling.result()


async def _tell(work: Crawling, begun: CrawlItem) -> None:
    while True:
        # Without a database for a while the crawl goes on; it fails at its end if that has not come back.
        with suppress(InfrastructureError):
            async with work.database.workspace(work.workspace_id) as connection:
                await service.keep_progress(
                    connection,
                    _so_far(work, begun),
                    workspace_id=work.workspace_id,
                    now=work.runtime.clock.now(),
                )
        await asyncio.sleep(_TOLD_EVERY)
