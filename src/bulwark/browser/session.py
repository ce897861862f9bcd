"""A match in the worker: advanced by elapsed time, with commands from the page and answers for it."""

from __future__ import annotations

import json
from array import array
from collections.abc import Sequence

from bulwark.browser import snapshot
from bulwark.pacing import Pacer
from bulwark.saves import matches, replays
from bulwark.saves.replays import Playback, Recording
from bulwark.sim import commands, rules
from bulwark.sim.commands import Build, Command, Sell
from bulwark.sim.flow_field import heading
from bulwark.sim.layout import creep, ground, tower
from bulwark.sim.maps import read_map
from bulwark.steps import Steps, resumed
from bulwark.telemetry.events import Event
from bulwark.telemetry.match_reporter import MatchReporter


class Session:
    """One match, from its start or restore until the player leaves it.

    Answers are JSON; `snapshot` and `field` are arrays of 32-bit numbers.
    """

    def __init__(self, steps: Steps, *, name: str) -> None:
        match = self._match = steps.match
        self._steps = steps
        self._pacer = Pacer()
        self._waiting: list[Command] = []
        self._events = snapshot.EventBuffer()
        self._reported: list[Event] = []
        self._reporter = MatchReporter(match, name=name, record=self._reported.append)
        self._refused: list[str] = []
        self._walls = 0

    @classmethod
    def begin(cls, map_text: str, seed: int, difficulty: int, name: str) -> Session:
        """A new match on the map; `name` identifies it in telemetry. Raises MapError."""
        session = cls(Recording(read_map(map_text), seed=seed, difficulty=difficulty), name=name)
        session._reporter.begin()
        return session

    @classmethod
    def watch(cls, map_text: str, replay: bytes) -> Session:
        """The match in `replay`, which takes no commands and reports nothing. Raises SaveError, as `restore` does."""
        return cls(Playback(replays.from_bytes(bytes(replay)), [read_map(map_text)]), name="")

    @classmethod
    def restore(cls, map_text: str, save: bytes, name: str) -> Session:
        """The match in `save`. Raises SaveError if it is damaged, or of a different map."""
        return cls(resumed(matches.read(bytes(save), [read_map(map_text)])), name=name)

    def order(self, numbers: Sequence[int]) -> None:
        """Queue a command for the next tick, encoded as in a replay."""
        self._waiting.append(commands.decode([int(number) for number in numbers]))

    def advance(self, elapsed: int, speed: int, paused: bool) -> int:  # noqa: FBT001  JavaScript has no keyword arguments
        """Play the ticks due after `elapsed` microseconds; returns how many.

        A command given while paused is executed immediately: it costs one tick.
        """
        ticks, _ = self._pacer.advance(elapsed, speed=speed, paused=paused)
        if self._waiting and not ticks:
            ticks = 1
        for _ in range(ticks):
            self._tick()
        return ticks

    def snapshot(self) -> array[int]:
        """What to draw: see `bulwark.browser.snapshot`."""
        return snapshot.encode(self._match, self._events.take(), walls=self._walls)

    def told(self) -> str:
        """Refusals and telemetry events since the last call; empty if there are none."""
        if not self._reported and not self._refused:
            return ""
        reported = [{"event": event.name, "properties": dict(event.properties)} for event in self._reported]
        answer = json.dumps({"refused": self._refused, "events": reported})
        self._reported.clear()
        self._refused.clear()
        return answer

    def leave(self) -> None:
        """The player leaves the match, which is reported to telemetry; leaving a replay is not."""
        if not isinstance(self._steps, Playback):
            self._reporter.leave()

    def plan(self) -> str:
        """The groups of the next wave, the health of each group's creeps, and the path from each spawn, as alternating x and y."""
        match = self._match
        groups = [list(group) for group in match.next_wave()]
        health = [match.next_health(group.kind) for group in match.next_wave()]
        return json.dumps(
            {"groups": groups, "health": health, "ways": [_flat(path) for path in match.paths()]}
        )

    def ghost(self, kind: int, column: int, row: int) -> str:
        """Why no tower of the kind can be built there, or the paths around it."""
        match = self._match
        reason = match.refusal(Build(kind, column, row))
        paths = match.paths(around=(column, row)) if reason is None else []
        answer = {"reason": None if reason is None else reason.value, "ways": [_flat(path) for path in paths]}
        return json.dumps(answer)

    def tower(self, uid: int) -> str:
        """A tower's upgrade prices and its refund."""
        match = self._match
        index = match.towers[tower.UID][: match.tower_count].index(uid)
        offered = rules.branches(match.towers[tower.VARIANT][index])
        prices = [match.upgrade_price(uid, branch) for branch in range(len(offered))]
        return json.dumps({"variants": offered, "prices": prices, "refund": match.refund(uid)})

    def field(self) -> array[int]:
        """The flow field, a direction per cell of the padded grid: 0 none, 1 to 8 clockwise from east."""
        world = self._match.world
        # The core caches the direction of each cell a creep enters: working on a copy leaves its cache alone.
        copy = world._replace(ground=[list(column) for column in world.ground])
        steps = copy.ground[ground.STEPS]
        return array("i", [heading(copy, cell) if steps[cell] > 0 else 0 for cell in range(len(steps))])

    def pushes(self) -> array[int]:
        """How overlapping bodies push creeps now: uid, x and y of each push in 1/256 unit per tick, for those that are pushed."""
        uids = self._match.creeps[creep.UID]
        return array(
            "i",
            [
                number
                for row, push in enumerate(self._match.pushes())
                if any(push)
                for number in (uids[row], *push)
            ],
        )

    def save(self) -> bytes:
        """The match now with its record, as a checksummed save."""
        return matches.to_bytes(self._match, record=self._steps.record)

    def replay(self) -> bytes:
        """The match so far as a replay; empty if an older release did not record it from its start."""
        steps = self._steps
        return replays.to_bytes(steps.replay()) if isinstance(steps, Recording) else b""

    def state_hash(self) -> str:
        """The match's state hash, for tests."""
        return self._match.state_hash()

    def _tick(self) -> None:
        waiting, self._waiting = self._waiting, []
        if isinstance(self._steps, Playback):
            self._watch_tick(self._steps)
            return
        self._reporter.before(waiting)
        refusals = self._steps.step(waiting)
        self._reporter.after(refusals)
        refused = {id(refusal.command) for refusal in refusals}
        self._walls += sum(
            isinstance(command, Build | Sell) for command in waiting if id(command) not in refused
        )
        self._refused.extend(refusal.reason.value for refusal in refusals)
        self._events.note(self._match)

    def _watch_tick(self, playback: Playback) -> None:
        before = self._uids()
        playback.step()
        self._walls += self._uids() != before
        self._events.note(self._match)

    def _uids(self) -> Sequence[int]:
        return list(self._match.towers[tower.UID][: self._match.tower_count])


def _flat(places: Sequence[tuple[int, int]]) -> list[int]:
    return [number for place in places for number in place]
