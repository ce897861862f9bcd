"""The types of the crawl: URLs that are due, what came of them, and the limits. Pure."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Kind(StrEnum):
    """What came of a URL. Every URL has exactly one in the end; no failure is an exception."""

    PAGE = "page"
    NOT_MODIFIED = "not_modified"
    OTHER_CONTENT = "other_content"
    REDIRECT = "redirect"
    REDIRECT_LOOP = "redirect_loop"
    BAD_REDIRECT = "bad_redirect"
    CLIENT_ERROR = "client_error"
    SERVER_ERROR = "server_error"
    THROTTLED = "throttled"
    FORBIDDEN_BY_ROBOTS = "forbidden_by_robots"
    ROBOTS_UNREACHABLE = "robots_unreachable"
    ADDRESS_REFUSED = "address_refused"
    NO_SUCH_HOST = "no_such_host"
    # This machine could not: its name server does not answer, it has no network, or no file is left for a connection.
    NOT_ASKED = "not_asked"
    UNREACHABLE = "unreachable"
    BAD_CERTIFICATE = "bad_certificate"
    BROKEN = "broken"
    TOO_LARGE = "too_large"
    TOO_SLOW = "too_slow"


# What the site answered, and is worth keeping as a sign of life.
ANSWERED = frozenset({Kind.PAGE, Kind.NOT_MODIFIED, Kind.OTHER_CONTENT, Kind.REDIRECT})
# There is no such page.
GONE = frozenset({404, 410})
# What may be otherwise in a moment.
_PASSING = frozenset(
    {Kind.SERVER_ERROR, Kind.THROTTLED, Kind.NO_SUCH_HOST, Kind.NOT_ASKED, Kind.UNREACHABLE}
    | {Kind.BROKEN, Kind.TOO_SLOW}
)


class Pricing(msgspec.Struct, frozen=True):
    """The prices that a pricing page shows, as written but without spaces; the fingerprint changes when one of them does."""

    prices: list[str]
    fingerprint: str


class Rating(msgspec.Struct, frozen=True):
    """What people thought of something on average, out of `best`, and how many of them."""

    rating: float
    best: float | None
    count: int | None


class Facts(msgspec.Struct, frozen=True):
    """What a page says about its owner: the stuff of signals. Unknown is None, or absent from a list."""

    title: str | None = None
    technologies: list[str] = []
    pricing: Pricing | None = None
    is_hiring: bool = False
    mentions: list[str] = []
    reviews: Rating | None = None


class Link(msgspec.Struct, frozen=True):
    """A URL that a page links to, in its canonical form, with the 64-bit hash that stands for it."""

    key: int
    url: str


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """A URL that is to be read. `chain` has the keys of the redirects that led here."""

    key: int
    url: str
    depth: int
    # Of the frontier; 0 until it knows the host.
    host: int = 0
    priority: int = 0
    due_at: float = 0.0
    # Under which time the frontier has it now.
    was_due_at: float = 0.0
    tries: int = 0
    chain: tuple[int, ...] = ()
    # The first URL of the crawl that led here, and the page on which this one was found.
    seed: int = 0
    parent: int | None = None
    etag: str | None = None
    last_modified: str | None = None


class Outcome(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What came of asking for one URL. `seconds` is how long it took; `target` is where a redirect leads."""

    kind: Kind
    status: int | None = None
    reason: str = ""
    bytes: int = 0
    seconds: float = 0.0
    target: str | None = None
    retry_after: float | None = None
    etag: str | None = None
    last_modified: str | None = None
    facts: Facts | None = None
    links: list[Link] = []
    # Whether the pages that were found here are to be read too.
    links_wanted: bool = False

    @property
    def is_passing(self) -> bool:
        """Whether it is worth another try."""
        return self.kind in _PASSING

    @property
    def is_unread(self) -> bool:
        """Whether it says nothing of what the page shows: neither was it read, nor is it gone."""
        return self.kind not in ANSWERED and self.status not in GONE


class Result(msgspec.Struct, frozen=True):
    """A URL and what finally came of it."""

    due: Due
    outcome: Outcome


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What bounds a crawl. Rates are requests a second, times are seconds, sizes are bytes."""

    depth: int = 2
    rate: float = 1.0
    address_rate: float = 10.0
    connections: int = 100
    connections_per_host: int = 8
    # That links lead to; what is named, and where that redirects to, is read in any case.
    pages_per_host: int = 1_000
    body_bytes: int = 10_000_000
    robots_bytes: int = 512_000
    deadline: float = 30.0
    connect_seconds: float = 10.0
    least_bytes_a_second: float = 1_000.0
    tries: int = 3
    redirects: int = 10
    # What is due later than this is left in the file for another run.
    longest_wait: float = 120.0
    # How long Ctrl-C waits for what is under way.
    patience: float = 5.0
    # Which may be read although they are not on the public internet, like 127.0.0.0/8.
    allowed_networks: tuple[str, ...] = ()
    # Its first word is what robots.txt may name.
    user_agent: str = "Keepwell-Crawl/1"
    mentions: tuple[str, ...] = ()
    # Seeds of which the named page alone is read: links on it are not followed.
    single_pages: frozenset[int] = frozenset()
