"""What domain code may not reach for itself: the time, new ids and random text, passed in as one argument."""

from __future__ import annotations

import secrets
from collections.abc import Callable

import msgspec

from keepwell.platform.clock import Clock, SystemClock
from keepwell.platform.ids import Ids, Uuid7


class Runtime(msgspec.Struct, frozen=True):
    """The clock, the source of ids and the source of random secrets; tests pass their own."""

    clock: Clock
    ids: Ids
    secret: Callable[[], str] = secrets.token_urlsafe


def system_runtime() -> Runtime:
    """The machine's clock and randomness."""
    clock = SystemClock()
    return Runtime(clock, Uuid7(clock))
