"""What drives a match in a player: a recording, a restored match, or a replay."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from bulwark.saves.matches import Saved
from bulwark.saves.record import Record
from bulwark.saves.replays import Recording, ResumedRecording
from bulwark.sim.commands import Command, Refusal
from bulwark.sim.match import Match


class Steps(Protocol):
    """A match, and how it plays a tick."""

    @property
    def match(self) -> Match:
        """The match."""

    @property
    def record(self) -> Record | None:
        """What was recorded of it since its start; None if it was not recorded."""

    def step(self, commands: Sequence[Command] = ()) -> list[Refusal]:
        """Play one tick."""


def resumed(saved: Saved) -> Recording | Restored:
    """Goes on with a saved match, and with its recording if it has one."""
    return Restored(saved.match) if saved.record is None else ResumedRecording(saved.match, saved.record)


class Restored:
    """A match restored from a save of an older release: it continues, and is not recorded."""

    def __init__(self, match: Match) -> None:
        self.match = match

    @property
    def record(self) -> None:
        """Its beginning is not known."""

    def step(self, commands: Sequence[Command] = ()) -> list[Refusal]:
        """Play one tick."""
        return self.match.step(commands)
