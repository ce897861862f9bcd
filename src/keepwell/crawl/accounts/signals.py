"""From what a crawl says of a website to the signals of its account: only what changed is one. Pure.

The value of each signal is `{"now": ..., "before": ...}`; `before` is null at the first observation. The account's own website has
kinds of its own, `website.status`; the others share theirs, such as `webpage.status`, and `website` in the value says which it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import asdict, replace

from keepwell.crawl.accounts.comparing import is_same
from keepwell.crawl.accounts.model import LastRead, Target, WebsiteReading
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
# How it fails in a way that may be over in a moment: it is restarted, or its name server is slow.
MAY_PASS = frozenset({"no_such_host", "unreachable", "server_error"})
# More than a week, so that what changed back and stayed so is news at the second of two weekly crawls.
_BY_TURNS = timedelta(days=10)


def is_cut_off(readings: Sequence[WebsiteReading]) -> bool:
    """Whether not one of several websites could be reached: then this machine may be cut off, rather than all of them dead."""
    return len(readings) >= _MANY and all(each.outcome in _NO_CONNECTION for each in readings)


def credible(reading: WebsiteReading, last: LastRead | None) -> WebsiteReading:
    """A reading as far as it is to be believed: what fails in a way that may pass is dead if it failed like that the last time too."""
    may_pass = reading.state == "dead" and reading.outcome in MAY_PASS
    if may_pass and (last is None or last.outcome != reading.outcome):
        return replace(reading, state="unknown")
    return reading


def began_at(reading: WebsiteReading, last: LastRead | None) -> datetime:
    """When the state of a reading was first seen, if it is news: a website that was dead at two crawls, at the first of them."""
    is_second = reading.state == "dead" and reading.outcome in MAY_PASS
    return last.read_at if is_second and last is not None and last.state == "unknown" else reading.read_at


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


def changed(
    found: Mapping[str, Any], known: Iterable[AccountSignal], *, at: datetime, is_partial: bool = False
) -> dict[str, Any]:
    """The values of the signals to write of what was `found` at a time: what is not the same as the newest signals, which are `known`.

    What is missing if the reading `is_partial` is no news: it may be on a page that was not read yet.
    """
    last = {each.kind: each for each in known}
    if is_partial:
        found = {
            kind: _with_unread(kind, now, _now(last[kind].value)) if kind in last else now
            for kind, now in found.items()
        }
    return {
        kind: {"now": now, "before": _now(last[kind].value) if kind in last else None}
        for kind, now in found.items()
        if (_is_news(kind, now, last[kind], at=at) if kind in last else _is_something(now))
    }


def _with_unread(kind: str, now: Any, before: Any) -> Any:
    """What a partial reading has found, with what pages that were not read yet have shown before."""
    fact = kind.partition(".")[2]
    if fact == HIRING:
        return now or before
    if not isinstance(now, list) or not isinstance(before, list):
        return now
    if fact == PRICING:
        return before if {*now} < {*before} else now
    return sorted({*now, *before})


def _is_news(kind: str, now: Any, last: AccountSignal, *, at: datetime) -> bool:
    """Whether something changed, and did not just change back: two prices that are shown by turns are no news each day."""
    fact = kind.partition(".")[2]
    if is_same(fact, now, _now(last.value)):
        return False
    before = last.value.get("before") if isinstance(last.value, dict) else None
    returns = fact != STATUS and before is not None and is_same(fact, now, before)
    return not returns or at - last.observed_at >= _BY_TURNS


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
