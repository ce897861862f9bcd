"""A match on this machine: paced by real time, commanded by the player, with listeners around each tick."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from bulwark.desktop.match.interpolation import Interpolation
from bulwark.pacing import Pacer
from bulwark.saves.replays import Playback
from bulwark.sim.commands import Build, Command, Refusal
from bulwark.sim.layout import event, score
from bulwark.sim.match import Match
from bulwark.steps import Steps

SPEEDS = (1, 2, 4)


class MatchEvent(NamedTuple):
    """A row of the match's events, with the tick it happened in."""

    kind: int
    x: int
    y: int
    a: int
    b: int
    tick: int


class Session:
    """Turns frames into ticks. The match is the same whatever the frame rate."""

    def __init__(self, steps: Steps) -> None:
        self.steps = steps
        self.interpolation = Interpolation()
        self.interpolation.remember(steps.match)
        self.speed = SPEEDS[0]
        self.paused = False
        self.fraction = 0.0
        self._refusals: list[Refusal] = []
        self.before_tick: list[Callable[[Sequence[Command]], None]] = []
        self.after_tick: list[Callable[[Sequence[Refusal]], None]] = []
        self._pacer = Pacer()
        self._waiting: list[Command] = []
        self._events: list[MatchEvent] = []

    @property
    def match(self) -> Match:
        """The match being played."""
        return self.steps.match

    @property
    def watching(self) -> bool:
        """Whether this is a replay, which accepts no commands."""
        return isinstance(self.steps, Playback)

    @property
    def over(self) -> bool:
        """Whether it is won or lost."""
        return self.match.outcome != score.PLAYING

    @property
    def now(self) -> float:
        """The match time in ticks as it is drawn: a pause stops it."""
        return self.match.tick - 1 + self.fraction

    def order(self, command: Command) -> None:
        """Queue a command for the next tick."""
        self._waiting.append(command)

    def will_build(self, cell: tuple[int, int]) -> bool:
        """Whether a tower is about to be built in the cell: its command waits for the next tick."""
        return any(isinstance(each, Build) and (each.column, each.row) == cell for each in self._waiting)

    def faster(self) -> None:
        """Switch to the next speed, and from the last back to the first."""
        self.speed = SPEEDS[(SPEEDS.index(self.speed) + 1) % len(SPEEDS)]

    def advance(self, elapsed: int) -> int:
        """Play the ticks due after `elapsed` microseconds; returns how many.

        A command given while paused is carried out immediately: it costs one tick.
        """
        ticks, fraction = self._pacer.advance(elapsed, speed=self.speed, paused=self.paused)
        if self._waiting and not ticks and self.paused:
            ticks = 1
        self.fraction = float(fraction)
        for _ in range(ticks):
            self._tick()
        return ticks

    def take_events(self) -> list[MatchEvent]:
        """The events since the last call."""
        taken, self._events = self._events, []
        return taken

    def take_refusals(self) -> list[Refusal]:
        """The refusals since the last call."""
        taken, self._refusals = self._refusals, []
        return taken

    def _tick(self) -> None:
        commands, self._waiting = self._waiting, []
        self.interpolation.remember(self.match)
        for listen in self.before_tick:
            listen(commands)
        refusals = self.steps.step(commands)
        self._refusals.extend(refusals)
        for notify in self.after_tick:
            notify(refusals)
        tick, count, events = self.match.tick, self.match.event_count, self.match.events
        columns = (events[column][:count] for column in range(event.WIDTH))
        for kind, x, y, a, b in zip(*columns, strict=True):
            self._events.append(MatchEvent(kind, x, y, a, b, tick))
