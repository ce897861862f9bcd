"""A match in the worker: paced, told what the player says, and asked what the page shows."""

from __future__ import annotations

import json
from array import array
from collections.abc import Sequence

from bulwark.browser import snapshot
from bulwark.pacing import Pacer
from bulwark.saves import matches
from bulwark.sim import commands, rules
from bulwark.sim.commands import Build, Command, Sell
from bulwark.sim.flow_field import heading
from bulwark.sim.layout import ground, tower
from bulwark.sim.maps import read_map
from bulwark.sim.match import Match
from bulwark.sim.pathfinding import shortest_path, smooth
from bulwark.telemetry.events import Event
from bulwark.telemetry.match_reporter import MatchReporter


class Session:
    """One match, from its beginning or its restoring until the player leaves it.

    What the page asks is answered in JSON; `snapshot` and `field` are arrays of 32-bit numbers.
    """

    def __init__(self, match: Match, *, name: str) -> None:
        self._match = match
        self._pacer = Pacer()
        self._waiting: list[Command] = []
        self._happened = snapshot.Happened()
        self._told: list[Event] = []
        self._reporter = MatchReporter(match, name=name, record=self._told.append)
        self._refused: list[str] = []
        self._walls = 0

    @classmethod
    def begin(cls, map_text: str, seed: int, difficulty: int, name: str) -> Session:
        """A new match on the map; `name` is what telemetry calls it. Raises MapError."""
        session = cls(Match.begin(read_map(map_text), seed=seed, difficulty=difficulty), name=name)
        session._reporter.begin()
        return session

    @classmethod
    def restore(cls, map_text: str, save: bytes, name: str) -> Session:
        """The match that `save` gave. Raises SaveError where it is damaged, or of another map than this."""
        return cls(matches.from_bytes(bytes(save), [read_map(map_text)]), name=name)

    def order(self, numbers: Sequence[int]) -> None:
        """Let the next tick carry out a command, given as the numbers of a replay."""
        self._waiting.append(commands.decode([int(number) for number in numbers]))

    def advance(self, elapsed: int, speed: int, paused: bool) -> int:  # noqa: FBT001  JavaScript has no keywords
        """Play the ticks that are due after `elapsed` microseconds, and say how many that were.

        What is ordered in a pause is carried out at once: it costs one tick.
        """
        ticks, _ = self._pacer.advance(elapsed, speed=speed, paused=paused)
        if self._waiting and not ticks:
            ticks = 1
        for _ in range(ticks):
            self._tick()
        return ticks

    def snapshot(self) -> array[int]:
        """What is to be drawn: see `bulwark.browser.snapshot`."""
        return snapshot.encode(self._match, self._happened.take(), walls=self._walls)

    def told(self) -> str:
        """What was refused and what telemetry has to tell since the last call; empty where that is nothing."""
        if not self._told and not self._refused:
            return ""
        told = [{"event": event.name, "properties": dict(event.properties)} for event in self._told]
        answer = json.dumps({"refused": self._refused, "events": told})
        self._told.clear()
        self._refused.clear()
        return answer

    def leave(self) -> None:
        """The player gives the match up, which telemetry is told."""
        self._reporter.leave()

    def plan(self) -> str:
        """The groups of the next wave, and the way from each spawn, as x and y in turn."""
        spawns = range(len(self._match.game_map.spawns))
        return json.dumps(
            {
                "groups": [list(group) for group in self._match.next_wave()],
                "ways": [_flat(self._match.path(spawn)) for spawn in spawns],
            }
        )

    def ghost(self, kind: int, column: int, row: int) -> str:
        """Why no tower of the kind can be built there, and the ways that would be left around it."""
        match = self._match
        reason = match.refusal(Build(kind, column, row))
        ways: list[list[int]] = []
        if reason is None:
            blocked = bytearray(match.blocked)
            blocked[match.game_map.cell(column, row)] = 1
            ways = [_flat(self._path(spawn, blocked)) for spawn in match.game_map.spawns]
        return json.dumps({"reason": None if reason is None else reason.value, "ways": ways})

    def tower(self, uid: int) -> str:
        """What can be done with a tower: its upgrades' prices, and its refund."""
        match = self._match
        index = match.towers[tower.UID][: match.tower_count].index(uid)
        offered = rules.branches(match.towers[tower.VARIANT][index])
        prices = [match.upgrade_price(uid, branch) for branch in range(len(offered))]
        return json.dumps({"variants": offered, "prices": prices, "refund": match.refund(uid)})

    def field(self) -> array[int]:
        """The flow field, a direction a cell of the padded grid: 0 none, 1 to 8 clockwise from east."""
        world = self._match.world
        # The core works a direction out where a creep comes, and keeps it: asked on a copy, it keeps nothing.
        asked = world._replace(ground=[list(column) for column in world.ground])
        steps = asked.ground[ground.STEPS]
        return array("i", [heading(asked, cell) if steps[cell] > 0 else 0 for cell in range(len(steps))])

    def save(self) -> bytes:
        """The match now, as bytes that prove themselves."""
        return matches.to_bytes(self._match)

    def state_hash(self) -> str:
        """The match's own hash: a test asks for it."""
        return self._match.state_hash()

    def _tick(self) -> None:
        waiting, self._waiting = self._waiting, []
        self._reporter.before(waiting)
        refusals = self._match.step(waiting)
        self._reporter.after(refusals)
        refused = {id(refusal.command) for refusal in refusals}
        self._walls += sum(
            isinstance(command, Build | Sell) for command in waiting if id(command) not in refused
        )
        self._refused.extend(refusal.reason.value for refusal in refusals)
        self._happened.note(self._match)

    def _path(self, spawn: tuple[int, int], blocked: bytearray) -> Sequence[tuple[int, int]]:
        game_map = self._match.game_map
        cells = shortest_path(
            blocked, game_map.stride, start=game_map.cell(*spawn), goal=game_map.cell(*game_map.goal)
        )
        return [game_map.centre(cell) for cell in smooth(cells, blocked, stride=game_map.stride)]


def _flat(places: Sequence[tuple[int, int]]) -> list[int]:
    return [number for place in places for number in place]
