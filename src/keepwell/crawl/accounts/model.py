"""The websites of accounts, how they were found, and the crawls that read them. Light: the server imports it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from keepwell.crawl.model import Rating

WebsiteState = Literal["alive", "moved", "dead", "unknown"]
WebsiteFilterState = Literal["alive", "moved", "dead", "unknown", "nonsense", "unread", "left_out"]
CrawlState = Literal["under_way", "ended", "broken_off"]
CrawlCause = Literal["command", "worker"]
CrawlSort = Literal["started_at", "-started_at"]

# Of one account; what more its contacts name is left out, and said to be.
MOST_WEBSITES = 5


class Target(msgspec.Struct, frozen=True):
    """A website that contacts of an account name, as one of them has it. At place 0 is the account's own.

    That is the billing contact's, else the oldest contact's; the others follow in the order of their contacts.
    """

    account_id: UUID
    name: str
    website: str
    place: int = 0

    @property
    def is_own(self) -> bool:
        """Whether it is the account's own website, rather than a page elsewhere that matters to it."""
        return self.place == 0


class LeftOut(msgspec.Struct, frozen=True):
    """An account whose contacts name more websites than are read of one, and how many are left out."""

    name: str
    websites: int


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
    reviews: Rating | None = None
    pages: int = 0
    # Whether some of its pages were not read yet: what they have shown may still be so.
    is_partial: bool = False


class LastRead(msgspec.Struct, frozen=True):
    """How a website of an account was last found, and when."""

    account_id: UUID
    website: str
    state: str | None
    outcome: str | None
    since: datetime | None
    read_at: datetime


class Nonsense(msgspec.Struct, frozen=True):
    """A website that is no address of a page, and why."""

    problem: str
    read_at: datetime


class WebsiteItem(msgspec.Struct, frozen=True):
    """A website of an account, whose name is `name`; of `website`, as its contact has it, the first 500 characters.

    `is_own` says whether it is the account's own; of any other, the named page alone is read. `is_left_out` are those after the
    first five of an account. `state` is null before it was read, and if it is nonsense, which `problem` explains. `outcome` is what came of its first page,
    `status` the HTTP status, `since` when the state began as far as is known. `changes` are the kinds of signals that changed at
    `changed_at`; null if none has changed since the website was first read.
    """

    id: UUID
    account_id: UUID
    name: str
    website: str
    is_own: bool
    is_left_out: bool
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
    """Which websites: of one state, or all.

    `nonsense` is no address of a page, `unread` was not read yet, and `left_out` is not read: the account has five others.
    """

    in_state: WebsiteFilterState | None = None


class WebsiteTotals(msgspec.Struct, frozen=True):
    """The websites of all accounts by state."""

    alive: int
    moved: int
    dead: int
    unknown: int
    nonsense: int
    unread: int
    left_out: int


class CrawlItem(msgspec.Struct, frozen=True):
    """A crawl of websites of accounts.

    One that is `under_way` has counted so far, and has no `ended_at`; one that was `broken_off`, such as by a crash, was last heard
    of then. `accounts` are those whose websites are addresses, and `websites` counts each once, whichever accounts name it, and no nonsense.

    `outcomes` counts URLs by what came of them, `statuses` the answers by HTTP status, `retries` by reason; `waited` has the
    seconds of all hosts together by cause. `queue_left` URLs are still to be read, or were due later and are left out; `error` says why it failed.
    """

    id: UUID
    cause: CrawlCause
    started_at: datetime
    ended_at: datetime | None
    state: CrawlState = "ended"
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
