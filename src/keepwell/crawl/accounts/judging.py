"""From how websites were found to what is stored of each, and which of it is news. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from keepwell.crawl.accounts.model import LastRead, Nonsense, Target, WebsiteReading
from keepwell.crawl.accounts.signals import (
    STATUS,
    began_at,
    changed,
    credible,
    is_cut_off,
    kind_of,
    observed,
)
from keepwell.records.account_signals.model import AccountSignal, NewSignal

_COLUMNS = ("url", "problem", "state", "outcome", "status", "moved_to", "since", "changed_at")


def believed(
    found: Mapping[Target, WebsiteReading | Nonsense], stored: Mapping[tuple[UUID, str], LastRead]
) -> Mapping[Target, WebsiteReading | Nonsense]:
    """The readings as far as they are to be believed: not that a website died in a moment, nor that all did at once."""
    readings = {each.url: each for each in found.values() if isinstance(each, WebsiteReading)}
    is_doubtful = is_cut_off(list(readings.values()))
    result: dict[Target, WebsiteReading | Nonsense] = {}
    for target, reading in found.items():
        result[target] = reading
        if isinstance(reading, WebsiteReading):
            last = None if is_doubtful else stored.get((target.account_id, target.website))
            result[target] = credible(reading, last)
    return result


def judged(
    target: Target,
    reading: WebsiteReading | Nonsense,
    *,
    last: LastRead | None,
    known: Sequence[AccountSignal],
    now: datetime,
) -> tuple[dict[str, object], list[NewSignal]]:
    """The row to store of a website, and its new signals."""
    row: dict[str, object] = dict.fromkeys(_COLUMNS)
    row |= {
        "account_id": target.account_id,
        "website": target.website,
        "read_at": reading.read_at,
        "changes": [],
    }
    if isinstance(reading, Nonsense):
        return row | {"problem": reading.problem}, []
    news = changed(observed(reading, target), known, at=reading.read_at, is_partial=reading.is_partial)
    began = began_at(reading, last)
    changes = [kind for kind, value in news.items() if value["before"] is not None]
    row |= {name: getattr(reading, name) for name in ("url", "state", "outcome", "status", "moved_to")}
    status = kind_of(STATUS, target)
    row["since"] = began if status in news else _since(reading, last, known, status=status)
    if changes:
        row |= {"changed_at": reading.read_at, "changes": changes}
    return row, _signals(target, news, observed_at=min(began, now))


def _signals(target: Target, news: Mapping[str, Any], *, observed_at: datetime) -> list[NewSignal]:
    """The signals of a website; `observed_at` is no later than now, since the clock may have been set back."""
    about = {} if target.is_own else {"website": target.website}
    # A moment has one signal of a kind, and websites of an account may be read at the same one.
    apart = timedelta(microseconds=target.place)
    return [
        NewSignal(
            account_id=target.account_id, kind=kind, value={**about, **value}, observed_at=observed_at - apart
        )
        for kind, value in news.items()
    ]


def _since(
    reading: WebsiteReading, last: LastRead | None, known: Sequence[AccountSignal], *, status: str
) -> datetime:
    """When a state that is no news began: that of the signal, which a time without an answer in between does not end."""
    if reading.state != "unknown":
        return next(each.observed_at for each in known if each.kind == status)
    if last is not None and last.state == "unknown" and last.since is not None:
        return last.since
    return reading.read_at
