"""The websites of accounts, how they were found, and the crawls that read them. Light: the server imports it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec

WebsiteState = Literal["alive", "moved", "dead", "unknown"]
WebsiteFilterState = Literal["alive", "moved", "dead", "unknown", "nonsense", "unread"]
CrawlCause = Literal["command", "worker"]
CrawlSort = Literal["started_at", "-started_at"]


class Target(msgspec.Struct, frozen=True):
    """The website of an account, as one of its contacts has it: that of the billing contact, else the oldest one."""

    account_id: UUID
    name: str
    website: str


class WebsiteReading(msgspec.Struct, frozen=True, kw_only=True):
    """What a crawl says of a website; what it does not know is None, or empty while `pages` is 0."""

    url: str
    state: WebsiteState
    read_at: datetime
    outcome: str
    status: int | None = None
    moved_to: str | None = None
    title: str | None = None
    technologies: Sequence[str] = ()
    prices: Sequence[str] = ()
    is_hiring: bool = False
    mentions: Sequence[str] = ()
    pages: int = 0


class Nonsense(msgspec.Struct, frozen=True):
    """A website that is no address of a page, and why."""

    problem: str
    read_at: datetime


class WebsiteItem(msgspec.Struct, frozen=True):
    """The website of an account; `id` and `name` are the account's.

    `state` is null before it was read, and if it is nonsense, which `problem` explains. `outcome` is what came of its first page,
    `status` the HTTP status, `since` when the state began as far as is known. `changes` are the kinds of signals that changed at
    `changed_at`; null if none has changed since the website was first read.
    """

    id: UUID
    name: str
    website: str
    state: WebsiteState | None
    problem: str | None
    outcome: str | None
    status: int | None
    moved_to: str | None
    since: datetime | None
    read_at: datetime | None
    changed_at: datetime | None
    changes: Sequence[str]


class WebsitePage(msgspec.Struct, frozen=True):
    """A page of websites, and the cursor of the next page, if any."""

    items: Sequence[WebsiteItem]
    next: str | None


class WebsiteFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which websites: of one state, or all. `nonsense` is no address of a page, `unread` was not read yet."""

    in_state: WebsiteFilterState | None = None


class WebsiteTotals(msgspec.Struct, frozen=True):
    """The websites of all accounts by state."""

    alive: int
    moved: int
    dead: int
    unknown: int
    nonsense: int
    unread: int


class CrawlItem(msgspec.Struct, frozen=True):
    """A crawl of websites of accounts. `websites` are fewer than `accounts` if some share one, or have nonsense.

    `outcomes` counts URLs by what came of them, `statuses` the answers by HTTP status, `retries` by reason; `waited` has the
    seconds of all hosts together by cause. `queue_left` URLs were due later, and are left out; `error` says why it failed.
    """

    id: UUID
    cause: CrawlCause
    started_at: datetime
    ended_at: datetime
    accounts: int = 0
    websites: int = 0
    signals: Annotated[int, msgspec.Meta(description="Signals that were new.")] = 0
    requests: int = 0
    bytes: Annotated[int, msgspec.Meta(description="Of bodies, decompressed.")] = 0
    outcomes: Mapping[str, int] = {}
    statuses: Mapping[str, int] = {}
    retries: Mapping[str, int] = {}
    waited: Mapping[str, float] = {}
    queue_left: int = 0
    error: str | None = None


class CrawlPage(msgspec.Struct, frozen=True):
    """A page of crawls, and the cursor of the next page, if any."""

    items: Sequence[CrawlItem]
    next: str | None
