"""UUIDv7: ids generated in the app and ordered by time, so that no sequence ties us to one database node."""

from __future__ import annotations

import secrets
from typing import Protocol
from uuid import UUID

from keepwell.platform.clock import Clock

_RANDOM_BITS = 74


class Ids(Protocol):
    """A source of new ids."""

    def new(self) -> UUID:
        """A fresh id; later calls sort after earlier ones to the millisecond."""
        ...


class Uuid7:
    """RFC 9562 version 7 ids from a clock and the system's randomness."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def new(self) -> UUID:
        """A fresh id; later calls sort after earlier ones to the millisecond."""
        milliseconds = int(self._clock.now().timestamp() * 1000)
        return uuid7(milliseconds, secrets.randbits(_RANDOM_BITS))


def uuid7(milliseconds: int, random_bits: int) -> UUID:
    """Lay out 48 bits of Unix milliseconds and 74 random bits as RFC 9562, section 5.7 says."""
    random_a = random_bits >> 62
    random_b = random_bits & ((1 << 62) - 1)
    version, variant = 0x7, 0b10
    return UUID(int=milliseconds << 80 | version << 76 | random_a << 64 | variant << 62 | random_b)
