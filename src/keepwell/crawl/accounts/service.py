"""Use cases of the websites of accounts, without the crawl itself: what was found is kept, listed and erased.

Functions that write take a connection that is inside a transaction of the workspace, and never commit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from keepwell.crawl.accounts import store
from keepwell.crawl.accounts.judging import believed, judged
from keepwell.crawl.accounts.model import (
    MOST_WEBSITES,
    CrawlItem,
    CrawlSort,
    LeftOut,
    Nonsense,
    Target,
    WebsiteFilter,
    WebsiteItem,
    WebsiteReading,
    WebsiteTotals,
)
from keepwell.crawl.accounts.signals import KINDS, MAY_PASS
from keepwell.platform.database import Connection, Readable
from keepwell.platform.erasure import Person
from keepwell.platform.errors import KeepwellError
from keepwell.platform.pagination.cursors import PageEnd, RowPage
from keepwell.platform.runtime import Runtime
from keepwell.platform.work import service as work
from keepwell.platform.work.model import Subject
from keepwell.records.account_signals import service as account_signals
from keepwell.records.account_signals.model import AccountSignal, NewSignal, named_website

# The due work on one account, and the one that deletes what was read of somebody who was erased.
ACCOUNT, FORGET = "crawl.account", "crawl.forget"
KEPT_DAYS = 90
# A crawl says every few seconds that it is under way.
SILENT_AFTER = timedelta(minutes=2)
_PLACED_AT_ONCE = 1_000
# A release before took any length.
_LONGEST_SHOWN = 500


async def targets(
    reader: Readable, *, workspace_id: UUID, account_ids: Sequence[UUID] | None = None
) -> list[Target]:
    """The websites of each account that has one, its own first, at most five; None means all accounts."""
    ids = None if account_ids is None else list(account_ids)
    return await store.TARGETS.all(reader, workspace_id=workspace_id, account_ids=ids, most=MOST_WEBSITES)


async def left_out(
    reader: Readable, *, workspace_id: UUID, account_ids: Sequence[UUID] | None = None
) -> list[LeftOut]:
    """The accounts whose contacts name more websites than `targets` has, by name; None means all accounts."""
    ids = None if account_ids is None else list(account_ids)
    return await store.LEFT_OUT.all(reader, workspace_id=workspace_id, account_ids=ids, most=MOST_WEBSITES)


async def place_due(connection: Connection, *, workspace_id: UUID, now: datetime) -> int:
    """Have the websites of each account read that nobody is going to read; how many accounts."""
    unplaced = await store.UNPLACED.all(
        connection, workspace_id=workspace_id, kind=ACCOUNT, limit=_PLACED_AT_ONCE
    )
    subjects = [Subject(each.account_id) for each in unplaced]
    await work.schedule_many(connection, subjects, workspace_id=workspace_id, kind=ACCOUNT, due_at=now)
    return len(unplaced)


async def is_in_doubt(connection: Connection, *, workspace_id: UUID, account_id: UUID) -> bool:
    """Whether a website of the account is dead if it fails like this once more."""
    rows = await store.LAST_READ.all(connection, workspace_id=workspace_id, account_ids=[account_id])
    return any(each.state == "unknown" and each.outcome in MAY_PASS for each in rows)


async def keep(
    connection: Connection,
    found: Mapping[Target, WebsiteReading | Nonsense],
    *,
    workspace_id: UUID,
    runtime: Runtime,
) -> list[NewSignal]:
    """Store how the websites were found, and a signal for each thing that changed; returns these signals.

    Nothing is stored of an account that is gone, erased, or has other websites by now, nor what is older than what is stored:
    the same news may come twice.
    """
    account_ids = list({each.account_id for each in found})
    scope = {"workspace_id": workspace_id, "account_ids": account_ids}
    await store.KEEP_ONE_AFTER_ANOTHER.run(connection, workspace_id=workspace_id)
    there = {each.id for each in await store.LOCKED_ACCOUNTS.all(connection, **scope)}
    named = await targets(connection, workspace_id=workspace_id, account_ids=account_ids)
    current = {_identity(each) for each in named if each.account_id in there}
    stored = {
        (each.account_id, each.website): each for each in await store.LAST_READ.all(connection, **scope)
    }
    now = runtime.clock.now()
    known: defaultdict[tuple[UUID, str | None], list[AccountSignal]] = defaultdict(list)
    for signal in await account_signals.as_known(
        connection, workspace_id=workspace_id, known_at=now, account_ids=account_ids, kinds=KINDS
    ):
        known[signal.account_id, named_website(signal.value)].append(signal)
    rows, signals = [], []
    for target, reading in believed(found, stored).items():
        last = stored.get((target.account_id, target.website))
        # A time that is still to come is one of a clock that was set back since.
        is_late = last is not None and reading.read_at <= last.read_at <= now
        if is_late or _identity(target) not in current:
            continue
        about = known[target.account_id, None if target.is_own else target.website]
        row, news = judged(target, reading, last=last, known=about, now=now)
        rows.append({"workspace_id": workspace_id, **row})
        signals += news
    await account_signals.add(connection, signals, workspace_id=workspace_id, runtime=runtime)
    await store.PUT.run_many(connection, rows)
    return signals


async def keep_progress(
    connection: Connection, crawl: CrawlItem, *, workspace_id: UUID, now: datetime
) -> None:
    """Store how far a crawl is, or how it ended; one under way that is not stored for `SILENT_AFTER` was broken off."""
    row = msgspec.structs.asdict(crawl) | {"ended_at": crawl.ended_at or now}
    for name in ("outcomes", "statuses", "retries", "waited"):
        row[name] = msgspec.json.encode(row[name]).decode()
    is_under_way = crawl.state == "under_way"
    await store.PUT_CRAWL.run(connection, workspace_id=workspace_id, is_under_way=is_under_way, **row)


async def keep_crawl(connection: Connection, crawl: CrawlItem, *, workspace_id: UUID, now: datetime) -> None:
    """Store a crawl that has ended; forget those of more than 90 days ago, and what was read of websites that nobody names any more."""
    await keep_progress(connection, crawl, workspace_id=workspace_id, now=now)
    before = now - timedelta(days=KEPT_DAYS)
    await store.FORGET_CRAWLS.run(connection, workspace_id=workspace_id, before=before)
    await store.FORGET_WEBSITES.run(connection, workspace_id=workspace_id)


def not_made(error: KeepwellError, *, accounts: int, runtime: Runtime) -> CrawlItem:
    """A crawl that could not begin, because of `error`."""
    now = runtime.clock.now()
    return CrawlItem(
        id=runtime.ids.new(),
        cause="worker",
        started_at=now,
        ended_at=now,
        accounts=accounts,
        error=for_clients(error),
    )


def for_clients(error: KeepwellError) -> str:
    """What the list of crawls says of an error: nothing about the inside of the server, such as its paths."""
    message = error.message if error.worded_for_clients else (type(error).__doc__ or "").strip()
    return f"{message} {error.hint}".strip()


async def urls(reader: Readable, *, workspace_id: UUID) -> list[str]:
    """The addresses of all websites that were read."""
    return [each.url for each in await store.URLS.all(reader, workspace_id=workspace_id)]


async def list_crawls(
    reader: Readable,
    sort: CrawlSort,
    *,
    workspace_id: UUID,
    now: datetime,
    limit: int,
    after: PageEnd | None = None,
) -> RowPage[CrawlItem]:
    """A page of the crawls of websites of accounts."""
    return await store.CRAWLS.page(
        reader, sort, limit=limit, after=after, workspace_id=workspace_id, silent_since=now - SILENT_AFTER
    )


async def list_websites(
    reader: Readable,
    filters: WebsiteFilter,
    *,
    workspace_id: UUID,
    limit: int,
    after: PageEnd | None = None,
) -> RowPage[WebsiteItem]:
    """A page of the websites of accounts, by the account's name; of each account, its own first."""
    return await store.WEBSITES.page(
        reader,
        "name",
        limit=limit,
        after=after,
        workspace_id=workspace_id,
        in_state=filters.in_state,
        most=MOST_WEBSITES,
        longest=_LONGEST_SHOWN,
    )


async def totals(reader: Readable, *, workspace_id: UUID) -> WebsiteTotals:
    """How many websites are in which state."""
    return await store.TOTALS.one(reader, workspace_id=workspace_id, most=MOST_WEBSITES)


async def erase_person(connection: Connection, person: Person, *, now: datetime) -> dict[str, int]:
    """Remove what is known of the account's websites, and have a worker delete what was read; the rows by table."""
    scope = {"workspace_id": person.workspace_id}
    erased = await store.ERASE.run(connection, **scope, account_id=person.account_id)
    erased += await store.ERASE_OF_RELEASE_BEFORE.run(connection, **scope, account_id=person.account_id)
    await work.cancel(connection, **scope, kind=ACCOUNT, subject_id=person.account_id)
    if erased:
        await work.schedule(connection, **scope, kind=FORGET, subject_id=person.workspace_id, due_at=now)
    return {"named_websites": erased}


def _identity(target: Target) -> tuple[UUID, str, bool]:
    """What must not have changed since a website was read; the account's name and the order of the others may have."""
    return target.account_id, target.website, target.is_own
