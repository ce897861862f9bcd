"""What an answer means for the URL, and which URLs follow from it. Pure."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from msgspec.structs import replace

from keepwell.crawl.fetch.transport import Answer, Failure
from keepwell.crawl.model import Due, Kind, Limits, Link, Outcome
from keepwell.crawl.pages.facts import priority_of
from keepwell.crawl.pages.reading import PageContent
from keepwell.crawl.pages.urls import authority_of, joined, key_of, website_of
from keepwell.crawl.politeness.retry import retry_after_seconds

_NOT_MODIFIED = 304
_UNAVAILABLE, _TOO_MANY = 503, 429
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_SUCCESS = 2
_ERRORS = {4: Kind.CLIENT_ERROR, 5: Kind.SERVER_ERROR}
_WEB = frozenset({80, 443})
# Below it, only the administrator of a machine opens a port (RFC 6335, section 6).
_FIRST_OPEN_PORT = 1_024
_HTML = ("text/html", "application/xhtml+xml")
_UNKNOWN = ""
# What Cloudflare adds to a page that asks for a browser in place of the one of the website, whatever the status.
_CHALLENGED = "cf-mitigated"
# The client reads a byte of a header that is not UTF-8 as half of a surrogate pair.
_STRAY_BYTE = re.compile("[\udc80-\udcff]")


def is_html(answer: Answer) -> bool:
    """Whether the answer is a page; one that does not say what it is may be one, as for browsers."""
    kind = answer.headers.get("Content-Type", _UNKNOWN).split(";")[0].strip().lower()
    return kind in _HTML or kind == _UNKNOWN


def location_of(url: str, got: Answer) -> str | None:
    """Where a redirect leads; None if to no website, or for other answers. Bytes that are not ASCII are escaped, as browsers do."""
    if got.status not in _REDIRECTS or "Location" not in got.headers:
        return None
    location = _STRAY_BYTE.sub(lambda found: f"%{ord(found[0]) & 0xFF:02X}", got.headers["Location"])
    target = joined(url, location)
    return None if target is None or _is_other_service(target, asked=authority_of(url)) else target


def _is_other_service(target: str, *, asked: str) -> bool:
    """Whether the port is one of mail, shells and the like, which whoever redirects there wants to be asked by us."""
    port = urlsplit(target).port
    return port is not None and port < _FIRST_OPEN_PORT and port not in _WEB and authority_of(target) != asked


def outcome_of(due: Due, got: Answer | Failure, *, limits: Limits, now: float) -> Outcome:
    """What `got` means for `due`; the facts and links of a page are not in it."""
    if isinstance(got, Failure):
        return Outcome(kind=got.kind, reason=got.reason, seconds=got.seconds)
    common = Outcome(kind=Kind.PAGE, status=got.status, bytes=len(got.body), seconds=got.seconds)
    if got.status in _REDIRECTS:
        return _redirect(due, location_of(due.url, got), common, limits=limits)
    if got.status == _NOT_MODIFIED and (due.etag or due.last_modified):
        return replace(common, kind=Kind.NOT_MODIFIED, links_wanted=_wants_links(due, limits))
    if (turned_away := _turned_away(got, common, now=now)) is not None:
        return turned_away
    if got.status // 100 == _SUCCESS:
        return replace(
            common,
            kind=Kind.PAGE if is_html(got) else Kind.OTHER_CONTENT,
            etag=_sendable(got.headers.get("ETag")),
            last_modified=_sendable(got.headers.get("Last-Modified")),
            links_wanted=_wants_links(due, limits),
        )
    kind = _ERRORS.get(got.status // 100, Kind.BROKEN)
    reason = f"the status {got.status} was not asked for" if kind is Kind.BROKEN else ""
    return replace(common, kind=kind, reason=reason)


def _turned_away(got: Answer, common: Outcome, *, now: float) -> Outcome | None:
    """The outcome of an answer by which a website does not let us in, or not yet; None for any other."""
    if got.headers.get(_CHALLENGED) == "challenge":
        return replace(common, kind=Kind.CLIENT_ERROR, reason="it shows its pages to browsers only")
    retry_after = retry_after_seconds(got.headers.get("Retry-After"), now=now)
    if got.status == _TOO_MANY or (got.status == _UNAVAILABLE and retry_after is not None):
        return replace(common, kind=Kind.THROTTLED, retry_after=retry_after)
    return None


def outcome_of_page(due: Due, outcome: Outcome, content: PageContent, *, limits: Limits) -> Outcome:
    """The outcome of a page with what was read of it: a redirect, by the same rules, if it sends browsers on at once."""
    target = content.refresh
    # One that leads to itself is read again and again by people, such as a board of departures.
    if target is None or key_of(target) == due.key or _is_other_service(target, asked=authority_of(due.url)):
        return replace(outcome, facts=content.facts, links=content.links)
    # Without validators: what has not changed would be no redirect the next time.
    common = replace(outcome, etag=None, last_modified=None, links_wanted=False)
    return _redirect(due, target, common, limits=limits)


def _wants_links(due: Due, limits: Limits) -> bool:
    return due.depth < limits.depth and due.seed not in limits.single_pages


def is_followed(due: Due, target: str) -> bool:
    """Whether a redirect is followed: a website may move elsewhere, a page of it only within the website."""
    return due.depth == 0 or website_of(target) == website_of(due.url)


def redirected(due: Due, target: str, *, now: float) -> Due:
    """The row of a redirect's target: it waits for its own host's turn, and is judged by its own robots.txt."""
    return Due(
        key=key_of(target), url=target, depth=due.depth, priority=due.priority, due_at=now, was_due_at=now,
        chain=(*due.chain, due.key), seed=due.seed,
    )  # fmt: skip


def linked(due: Due, link: Link, *, now: float) -> Due:
    """The row of a link on a page; what says more of its owner comes first."""
    return Due(
        key=link.key, url=link.url, depth=due.depth + 1, priority=priority_of(link.url, due.depth + 1), due_at=now,
        was_due_at=now, seed=due.seed, parent=due.key,
    )  # fmt: skip


def _sendable(value: str | None) -> str | None:
    """A validator that can be kept and sent back: ASCII, as RFC 9110 has them; None for any other."""
    return value if value and value.isascii() else None


def _redirect(due: Due, target: str | None, common: Outcome, *, limits: Limits) -> Outcome:
    if target is None:
        return replace(common, kind=Kind.BAD_REDIRECT, reason="it leads to no website")
    common = replace(common, kind=Kind.REDIRECT, target=target)
    key = key_of(target)
    if key == due.key or key in due.chain:
        return replace(common, kind=Kind.REDIRECT_LOOP, reason="it leads back to where it came from")
    if len(due.chain) >= limits.redirects:
        return replace(common, kind=Kind.BAD_REDIRECT, reason=f"after {limits.redirects} others")
    return common
