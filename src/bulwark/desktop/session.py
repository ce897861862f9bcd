"""A match on this machine: paced by the time that passes, ordered by the player, listened to by what draws and sounds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from bulwark.desktop.motion import Motion
from bulwark.pacing import Pacer
from bulwark.sim.commands import Command, Refusal
from bulwark.sim.layout import event, score
from bulwark.sim.match import Match

SPEEDS = (1, 2, 4)


class Happening(NamedTuple):
    """Something that happened in a tick: a row of the match's events, with the tick it was in."""

    kind: int
    x: int
    y: int
    a: int
    b: int
    tick: int


class Steps(Protocol):
    """What carries a match on: a recording, a restored match, or a replay."""

    @property
    def match(self) -> Match:
        """The match."""

    def step(self, commands: Sequence[Command] = ()) -> list[Refusal]:
        """One tick."""


class Restored:
    """A match that began elsewhere: it goes on, and is not recorded."""

    def __init__(self, match: Match) -> None:
        self.match = match

    def step(self, commands: Sequence[Command] = ()) -> list[Refusal]:
        """A tick of the match."""
        return self.match.step(commands)


class Session:
    """Turns frames into ticks. However the time is cut into frames, the match is the same."""

    def __init__(self, steps: Steps) -> None:
        self.steps = steps
        self.motion = Motion()
        self.motion.remember(steps.match)
        self.speed = SPEEDS[0]
        self.paused = False
        self.fraction = 0.0
        self.refused: list[Refusal] = []
        self.before_tick: list[Callable[[Sequence[Command]], None]] = []
        self.after_tick: list[Callable[[Sequence[Refusal]], None]] = []
        self._pacer = Pacer()
        self._waiting: list[Command] = []
        self._happened: list[Happening] = []

    @property
    def match(self) -> Match:
        """The match that is played."""
        return self.steps.match

    @property
    def over(self) -> bool:
        """Whether it was won or lost."""
        return self.match.outcome != score.PLAYING

    @property
    def now(self) -> float:
        """The match's time in ticks, as it is drawn: a pause stops it."""
        return self.match.tick - 1 + self.fraction

    def order(self, command: Command) -> None:
        """Let the next tick carry the command out."""
        self._waiting.append(command)

    def faster(self) -> None:
        """The next of the speeds, and the first after the last."""
        self.speed = SPEEDS[(SPEEDS.index(self.speed) + 1) % len(SPEEDS)]

    def advance(self, elapsed: int) -> int:
        """Play the ticks that are due after `elapsed` microseconds, and say how many that were.

        What is ordered in a pause is carried out at once: it costs one tick.
        """
        ticks, fraction = self._pacer.advance(elapsed, speed=self.speed, paused=self.paused)
        if self._waiting and not ticks and self.paused:
            ticks = 1
        self.fraction = float(fraction)
        for _ in range(ticks):
            self._tick()
        return ticks

    def take_happened(self) -> list[Happening]:
        """What happened since this was asked last."""
        taken, self._happened = self._happened, []
        return taken

    def take_refused(self) -> list[Refusal]:
        """What was refused since this was asked last."""
        taken, self.refused = self.refused, []
        return taken

    def _tick(self) -> None:
        commands, self._waiting = self._waiting, []
        self.motion.remember(self.match)
        for listen in self.before_tick:
            listen(commands)
        refusals = self.steps.step(commands)
        self.refused.extend(refusals)
        for tell in self.after_tick:
            tell(refusals)
        tick, count, events = self.match.tick, self.match.event_count, self.match.events
        columns = (events[column][:count] for column in range(event.WIDTH))
        for kind, x, y, a, b in zip(*columns, strict=True):
            self._happened.append(Happening(kind, x, y, a, b, tick))
