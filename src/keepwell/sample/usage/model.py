"""What an account's life needs to know of how the game is used."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from random import Random
from typing import Protocol

from bulwark.bots.population.event_recorder import TimedCall


class Usage(Protocol):
    """The use of the seats of one account, day after day."""

    def use(self, day: date, *, recorded: bool) -> Iterable[TimedCall]:
        """Let `day` pass; unrecorded, it passes too but yields no calls."""
        ...

    def disuse(self, day: date) -> float:
        """How little is left of the usual use, from 0 (as ever) to 1 (nothing)."""
        ...

    def is_hurt(self, day: date) -> bool:
        """Whether the bad release is still remembered."""
        ...

    def resize(self, seats: int, day: date) -> None:
        """Change the number of seats on `day`."""
        ...

    def resume(self, day: date) -> None:
        """Use the game again as usual from `day` on."""
        ...

    def fork(self, rng: Random, *, surprises: bool = True) -> Usage:
        """A twin in the same state that goes on by `rng`, to be used unrecorded; without `surprises` no later release hurts it."""
        ...
