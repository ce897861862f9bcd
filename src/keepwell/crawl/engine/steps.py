"""What the scheduler decides: a step for the crawler to take, or a wait and its cause. Pure."""

from __future__ import annotations

from enum import Enum

import msgspec

from keepwell.crawl.model import Due, Result


class Cause(Enum):
    """Why a host that has something to do waits."""

    RATE = "rate"
    ADDRESS = "address"
    CRAWL_DELAY = "crawl_delay"
    BACKOFF = "backoff"
    RETRY = "retry"


class Wait(msgspec.Struct, frozen=True):
    """Nothing may be done before `until`."""

    until: float
    cause: Cause


class Resolve(msgspec.Struct, frozen=True):
    """Look up the host's addresses."""

    host: int
    authority: str


class GetRobots(msgspec.Struct, frozen=True):
    """Read the host's robots.txt."""

    host: int
    url: str
    started: float


class GetPage(msgspec.Struct, frozen=True):
    """Read a page."""

    due: Due
    started: float


class Finish(msgspec.Struct, frozen=True):
    """A URL that is done without being asked for."""

    result: Result


Work = Resolve | GetRobots | GetPage
Step = Work | Finish
