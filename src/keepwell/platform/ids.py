"""UUIDv7: ids generated in the app and ordered by time, so that no sequence ties us to one database node."""

from __future__ import annotations

import secrets
from threading import Lock
from typing import Protocol
from uuid import UUID

from keepwell.platform.clock import Clock

_RANDOM_BITS = 74
_RANDOM_MASK = (1 << _RANDOM_BITS) - 1
_STEP_BITS = 48


class Ids(Protocol):
    """A source of new ids."""

    def new(self) -> UUID:
        """A fresh id; later calls of the same source sort after earlier ones."""
        ...


class Uuid7:
    """RFC 9562 version 7 ids from a clock and the system's randomness."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0
        self._lock = Lock()

    def new(self) -> UUID:
        """A fresh id; later calls sort after earlier ones, even within a millisecond and if the clock was set back."""
        milliseconds = int(self._clock.now().timestamp() * 1000)
        with self._lock:
            if milliseconds > self._last >> _RANDOM_BITS:
                self._last = milliseconds << _RANDOM_BITS | secrets.randbits(_RANDOM_BITS)
            else:
                # RFC 9562, section 6.2, method 2: a step of random size, so that no id can be guessed from another.
                self._last += 1 + secrets.randbits(_STEP_BITS)
            return uuid7(self._last >> _RANDOM_BITS, self._last & _RANDOM_MASK)


def uuid7(milliseconds: int, random_bits: int) -> UUID:
    """Lay out 48 bits of Unix milliseconds and 74 random bits as RFC 9562, section 5.7 says."""
    random_a = random_bits >> 62
    random_b = random_bits & ((1 << 62) - 1)
    version, variant = 0x7, 0b10
    return UUID(int=milliseconds << 80 | version << 76 | random_a << 64 | variant << 62 | random_b)
