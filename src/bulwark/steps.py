"""What drives a match in a player: a recording, a restored match, or a replay."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from bulwark.sim.commands import Command, Refusal
from bulwark.sim.match import Match


class Steps(Protocol):
    """A match, and how it plays a tick."""

    @property
    def match(self) -> Match:
        """The match."""

    def step(self, commands: Sequence[Command] = ()) -> list[Refusal]:
        """Play one tick."""


class Restored:
    """A match restored from a save: it continues, and is not recorded."""

    def __init__(self, match: Match) -> None:
        self.match = match

    def step(self, commands: Sequence[Command] = ()) -> list[Refusal]:
        """Play one tick."""
        return self.match.step(commands)
