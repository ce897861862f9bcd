"""The crowds that the game is measured with: always the same, and nobody leaves while they are watched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bulwark.sim import rules
from bulwark.sim.commands import Build, StartWave, Target, Upgrade
from bulwark.sim.engine import INTERPRETED, Engine
from bulwark.sim.layout import tower
from bulwark.sim.maps import FORMAT, MAX_NUMBER, MAX_SIDE, OPEN, PAVED, ROCK, Map, canonical, read_map
from bulwark.sim.match import Match

SEED = 7
# Of the hit points in the rules, in percent: nobody dies.
_TOUGH = 100_000_000
_LANE = 3  # rows; the wall between two lanes is one more
_LANES = (MAX_SIDE + 1) // (_LANE + 1) + 1
_ARRIVING = 480  # ticks in which all come
# Who comes, in percent; the rest are runners.
_SHARES = {"armoured": 20, "swarm": 30, "healer": 8, "flyer": 14, "boss": 3}
# Flyers do not walk the lanes: they come where the way to the goal is far as the crow flies.
_LANES_OF_FLYERS = (1, 3)
# By variant: the branches taken on the way to it.
_UPGRADES = ((), (0,), (0, 0), (0, 0, 0), (0, 0, 1))
_LANES_OF_WALKERS = range(_LANES * 3 // 4)


@dataclass(frozen=True, slots=True)
class Crowd:
    """A match in the middle of a wave, as its map and its exported state."""

    map_text: str
    state: Mapping[str, Sequence[int]]
    creeps: int
    towers: int

    def map(self) -> Map:
        """The map that it is on."""
        return read_map(self.map_text)

    def match(self, engine: Engine = INTERPRETED) -> Match:
        """The match that goes on from there."""
        return Match.restore(self.map(), self.state, engine=engine)


def crowd(*, creeps: int, towers: int, engine: Engine = INTERPRETED) -> Crowd:
    """So many creeps of all six kinds, among so many towers of all six kinds and all variants, on the largest grid.

    They walk until the last of them has come. From then on none dies, and it is 1,000 ticks before one arrives.
    """
    text = crowd_map(creeps=creeps, towers=towers)
    match = Match.begin(read_map(text), seed=SEED, hp_percent=_TOUGH, engine=engine)
    _build(match)
    match.step([StartWave()])
    while match.creep_count < creeps:
        match.step()
    return Crowd(text, match.export(), match.creep_count, match.tower_count)


def crowd_map(*, creeps: int, towers: int) -> str:
    """Lanes from side to side, one after another, and walls between them in which just so many towers can stand."""
    rows = [PAVED * MAX_SIDE] * MAX_SIDE
    sites = 0
    for lane in range(_LANES - 1):
        share = towers * (lane + 1) // (_LANES - 1) - sites
        wall = _wall(share, begins=_LANE)
        rows[(_LANE + 1) * lane + _LANE] = wall if lane % 2 else wall[::-1]
        sites += share
    ways_in = [(0 if lane % 2 == 0 else MAX_SIDE - 1, (_LANE + 1) * lane + 1) for lane in _LANES_OF_WALKERS]
    return canonical(
        {
            "format": FORMAT, "id": "crowd", "name": "Crowd", "order": 1, "width": MAX_SIDE, "height": MAX_SIDE,
            "terrain": rows, "spawns": ways_in, "goal": (0, MAX_SIDE - 1), "gold": MAX_NUMBER, "lives": MAX_NUMBER,
            "waves": [list(_wave(creeps))],
        }
    )  # fmt: skip


def _wall(sites: int, *, begins: int) -> str:
    """Rock with so many places for towers, and a way round before it begins."""
    length = MAX_SIDE - begins
    places = {length * (2 * number + 1) // (2 * sites) for number in range(sites)}
    return PAVED * begins + "".join(OPEN if spot in places else ROCK for spot in range(length))


def _wave(creeps: int) -> Iterator[tuple[str, int, int, int, int]]:
    """Every kind over the whole time, a share of it at each of its ways in."""
    counts = {kind: creeps * share // 100 for kind, share in _SHARES.items()}
    counts["runner"] = creeps - sum(counts.values())
    for kind, count in counts.items():
        lanes = _LANES_OF_FLYERS if kind == "flyer" else _LANES_OF_WALKERS
        for number, lane in enumerate(lanes):
            share = count * (number + 1) // len(lanes) - count * number // len(lanes)
            if share:
                gap = _ARRIVING // share
                yield kind, share, gap, (number * gap) // len(lanes), lane


def _build(match: Match) -> None:
    """A tower wherever one can stand: kinds, variants and whom they prefer in turn."""
    places = [
        (column, row)
        for row in range(MAX_SIDE)
        for column in range(MAX_SIDE)
        if match.game_map.buildable(column, row)
    ]
    for number, (column, row) in enumerate(places):
        kind, turn = number % len(rules.TOWERS), number // len(rules.TOWERS)
        _do(match, Build(kind, column, row))
        uid = int(match.towers[tower.UID][number])
        for branch in _UPGRADES[turn % len(_UPGRADES)]:
            _do(match, Upgrade(uid, branch))
        _do(match, Target(uid, turn % len(rules.TARGETINGS)))


def _do(match: Match, command: Build | Upgrade | Target) -> None:
    refused = match.step([command])
    if refused:
        raise ValueError(f"{command}: {refused[0].reason.value}")
