"""From what a crawl says of a website to the signals of its account: only what changed is one. Pure.

The value of each signal is `{"now": ..., "before": ...}`; `before` is null at the first observation. The account's own website has
kinds of its own, `website.status`; the others share theirs, such as `webpage.status`, and `website` in the value says which it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import ValidationError, convert
from msgspec.structs import asdict, replace

from keepwell.crawl.accounts.model import Target, WebsiteReading
from keepwell.crawl.model import Rating
from keepwell.records.account_signals.model import AccountSignal

STATUS = "status"
TITLE = "title"
TECHNOLOGIES = "technologies"
PRICING = "pricing"
HIRING = "hiring"
MENTIONS = "mentions"
REVIEWS = "reviews"
_FACTS = (STATUS, TITLE, TECHNOLOGIES, PRICING, HIRING, MENTIONS, REVIEWS)
_OWN, _OTHER = "website", "webpage"
KINDS = tuple(f"{prefix}.{fact}" for prefix in (_OWN, _OTHER) for fact in _FACTS)
# What a page elsewhere is made with says nothing of the account.
_OF_OWN_ONLY = frozenset({TECHNOLOGIES})
# How a website fails, and everything does on a machine without a connection.
_NO_CONNECTION = frozenset({"no_such_host", "not_asked", "unreachable"})
_MANY = 5


def is_doubtful(readings: Sequence[WebsiteReading]) -> bool:
    """Whether not one website could be reached: then this machine may be cut off, rather than all of them dead."""
    return bool(readings) and all(each.outcome in _NO_CONNECTION for each in readings)


def credible(reading: WebsiteReading, *, last_outcome: str | None, count: int) -> WebsiteReading:
    """A reading of a doubtful crawl of `count` websites: dead only if it was found like that the last time too, and is one of few."""
    if count < _MANY and last_outcome == reading.outcome:
        return reading
    return replace(reading, state="unknown")


def kind_of(fact: str, target: Target) -> str:
    """The kind of a signal that says this of the website."""
    return f"{_OWN if target.is_own else _OTHER}.{fact}"


def observed(reading: WebsiteReading, target: Target) -> dict[str, Any]:
    """What is known of the website by kind of signal: nothing if it may not be asked, only that if it is dead."""
    if reading.state == "unknown":
        return {}
    facts = {STATUS: _status(reading)} | ({} if reading.state == "dead" else _shown(reading))
    return {
        kind_of(fact, target): now for fact, now in facts.items() if target.is_own or fact not in _OF_OWN_ONLY
    }


def _shown(reading: WebsiteReading) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if reading.title is not None:
        found[TITLE] = reading.title
    if reading.pages:
        found |= {
            TECHNOLOGIES: list(reading.technologies),
            HIRING: reading.is_hiring,
            MENTIONS: list(reading.mentions),
        }
    if reading.prices:
        found[PRICING] = list(reading.prices)
    if reading.reviews is not None:
        found[REVIEWS] = asdict(reading.reviews)
    return found


def changed(found: Mapping[str, Any], known: Iterable[AccountSignal]) -> dict[str, Any]:
    """The values of the signals to write: of `found`, what differs from the newest signals of the website that are `known`."""
    last = {each.kind: _now(each.value) for each in known}
    return {
        kind: {"now": now, "before": last.get(kind)}
        for kind, now in found.items()
        if (_differs(kind, now, last[kind]) if kind in last else _is_something(now))
    }


def _differs(kind: str, now: Any, before: Any) -> bool:
    return _is_other_rating(now, before) if kind.endswith(f".{REVIEWS}") else bool(now != before)


def _is_other_rating(now: Mapping[str, Any], before: Any) -> bool:
    """Whether a rating changed in its first decimal, or its count by a tenth: a review more each day is no news."""
    try:
        was = convert(before, Rating)
    except ValidationError:
        return True
    if round(now["rating"], 1) != round(was.rating, 1):
        return True
    if now["best"] is not None and now["best"] != was.best:
        return True
    count = now["count"]
    return count is not None and (was.count is None or abs(count - was.count) >= max(1, was.count / 10))


def _status(reading: WebsiteReading) -> dict[str, Any]:
    if reading.state == "moved":
        return {"state": "moved", "to": reading.moved_to}
    if reading.state == "dead":
        return {"state": "dead", "outcome": reading.outcome, "status": reading.status}
    return {"state": "alive"}


def _now(value: Any) -> Any:
    return value.get("now") if isinstance(value, dict) else value


def _is_something(now: Any) -> bool:
    # That nobody is hired, or nothing mentioned, is no news at first.
    return now is not False and now != []
