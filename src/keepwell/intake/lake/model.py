"""What a lake is read by, what a build of it did, and the activity that it shows. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Literal, TypeAlias

import msgspec

Engine: TypeAlias = Literal["duckdb", "spark"]
ENGINES: Sequence[Engine] = ("duckdb", "spark")


class LakeBuildResult(msgspec.Struct, frozen=True):
    """What a build added to the lake; `rebuilt` files were missing, damaged or out of date.

    `undated` rows have no readable time, and so no day, in a lake whose rows have one.
    `still_open` are segments that another process writes to, and the rows in them, which are not in the lake.
    """

    segments: int
    rows: int
    files: int
    rebuilt: int = 0
    undated: int = 0
    still_open: Mapping[str, int] = {}


class DayActivity(msgspec.Struct, frozen=True):
    """How many events an account had on a UTC day, and how many of them are use of the product."""

    day: date
    events: int
    used: int


class RecentEvent(msgspec.Struct, frozen=True):
    """One event and its instant."""

    at: datetime
    event: str


class AccountEvent(msgspec.Struct, frozen=True):
    """One event, its instant, and its account by the source's id."""

    at: datetime
    account: str
    event: str


class Activity(msgspec.Struct, frozen=True):
    """An account's last 90 days, up to the newest day of the whole workspace, and its 20 newest events."""

    days: Sequence[DayActivity]
    recent: Sequence[RecentEvent]


class EventCount(msgspec.Struct, frozen=True):
    """How often an event of one name happened."""

    event: str
    count: int


class EventDay(msgspec.Struct, frozen=True, kw_only=True):
    """An account's events of a UTC day: how many, of how many names, the most frequent names, and the time of the last."""

    day: date
    events: int
    kinds: int
    top: Sequence[EventCount]
    last_at: datetime


class AccountDays(msgspec.Struct, frozen=True):
    """Days on which an account has events, newest first. Days before `more_before` have not been read; None if all were."""

    days: Sequence[EventDay]
    more_before: date | None
