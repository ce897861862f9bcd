"""A replay that is watched: its own commands tick by tick, and each of its checkpoints compared."""

from __future__ import annotations

from collections.abc import Sequence

from bulwark.errors import ReplayDiverged, SaveError
from bulwark.saves.matches import map_of
from bulwark.saves.replays import Checkpoint, Replay
from bulwark.sim.commands import Command, Refusal
from bulwark.sim.maps import Map
from bulwark.sim.match import CORE_VERSION, Match


class Playback:
    """Steps through a replay. Raises SaveError where this core cannot play it."""

    def __init__(self, replay: Replay, maps: Sequence[Map]) -> None:
        if replay.core != CORE_VERSION:
            hint = "Watch it with the release that recorded it."
            raise SaveError(f"The replay is of core {replay.core}, this is {CORE_VERSION}.", hint=hint)
        self.replay = replay
        self.match = Match.begin(
            map_of(replay._asdict(), maps),
            seed=replay.seed,
            difficulty=replay.difficulty,
            hp_percent=replay.hp_percent,
        )
        self._said: dict[int, list[Command]] = {}
        for tick, command in replay.commands:
            self._said.setdefault(tick, []).append(command)
        self._expected = {checkpoint.tick: checkpoint for checkpoint in replay.checkpoints}

    @property
    def ended(self) -> bool:
        """Whether all of it was seen."""
        return self.match.tick >= self.replay.ticks

    def step(self, commands: Sequence[Command] = ()) -> list[Refusal]:  # noqa: ARG002  a watcher orders nothing
        """A tick as it was recorded; none after the end.

        Raises ReplayDiverged naming the tick and the first column in which the match is another.
        """
        if self.ended:
            return []
        before = self.match.tick
        refusals = self.match.step(self._said.get(before, ()))
        if self.match.tick == before:
            raise ReplayDiverged(
                f"The match ended early, in tick {before}.", tick=before, column="score.outcome"
            )
        if self.match.tick in self._expected:
            self._compare(self._expected[self.match.tick])
        return refusals

    def _compare(self, expected: Checkpoint) -> None:
        if self.match.state_hash() == expected.state_hash:
            return
        found = self.match.column_hashes()
        column = next((name for name in expected.columns if found.get(name) != expected.columns[name]), "")
        raise ReplayDiverged(
            f"The match went another way by tick {self.match.tick}: `{column}` differs.",
            tick=self.match.tick,
            column=column,
        )
