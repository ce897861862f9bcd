"""The crowds the game is measured with: always the same, and no creep dies or leaks while they are measured."""

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
# Percent of the rules' hit points: no creep dies.
_HP_PERCENT = 100_000_000
_LANE = 3  # rows; the wall between two lanes is one more row
_LANES = (MAX_SIDE + 1) // (_LANE + 1) + 1
_ARRIVAL_TICKS = 480  # all creeps spawn within these ticks
# Shares of the kinds in percent; the rest are runners.
_SHARES = {"armoured": 20, "swarm": 30, "healer": 8, "flyer": 14, "boss": 3}
# Flyers ignore the lanes: they spawn where the straight line to the goal is long.
_FLYER_LANES = (1, 3)
# Per variant: the branches chosen to reach it.
_UPGRADES = ((), (0,), (0, 0), (0, 0, 0), (0, 0, 1))
_WALKER_LANES = range(_LANES * 3 // 4)


@dataclass(frozen=True, slots=True)
class Crowd:
    """A match in the middle of a wave, as its map and its exported state."""

    map_text: str
    state: Mapping[str, Sequence[int]]
    creeps: int
    towers: int

    def map(self) -> Map:
        """Its map."""
        return read_map(self.map_text)

    def match(self, engine: Engine = INTERPRETED) -> Match:
        """A match that continues from there."""
        return Match.restore(self.map(), self.state, engine=engine)


def crowd(*, creeps: int, towers: int, engine: Engine = INTERPRETED) -> Crowd:
    """So many creeps of all six kinds, among so many towers of all six kinds and all variants, on the largest grid.

    They walk until the last of them has come. From then on none dies, and it is 1,000 ticks before one arrives.
    """
    text = crowd_map(creeps=creeps, towers=towers)
    match = Match.begin(read_map(text), seed=SEED, hp_percent=_HP_PERCENT, engine=engine)
    _build(match)
    match.step([StartWave()])
    while match.creep_count < creeps:
        match.step()
    return Crowd(text, match.export(), match.creep_count, match.tower_count)


def crowd_map(*, creeps: int, towers: int) -> str:
    """Lanes from side to side, one after another, separated by walls with exactly this many tower sites."""
    rows = [PAVED * MAX_SIDE] * MAX_SIDE
    sites = 0
    for lane in range(_LANES - 1):
        share = towers * (lane + 1) // (_LANES - 1) - sites
        wall = _wall(share, begins=_LANE)
        rows[(_LANE + 1) * lane + _LANE] = wall if lane % 2 else wall[::-1]
        sites += share
    spawns = [(0 if lane % 2 == 0 else MAX_SIDE - 1, (_LANE + 1) * lane + 1) for lane in _WALKER_LANES]
    return canonical(
        {
            "format": FORMAT, "id": "crowd", "name": "Crowd", "order": 1, "width": MAX_SIDE, "height": MAX_SIDE,
            "terrain": rows, "spawns": spawns, "goal": (0, MAX_SIDE - 1), "gold": MAX_NUMBER, "lives": MAX_NUMBER,
            "waves": [list(_wave(creeps))],
        }
    )  # fmt: skip


def _wall(sites: int, *, begins: int) -> str:
    """Rock with this many tower sites, and a gap before it starts."""
    length = MAX_SIDE - begins
    places = {length * (2 * number + 1) // (2 * sites) for number in range(sites)}
    return PAVED * begins + "".join(OPEN if spot in places else ROCK for spot in range(length))


def _wave(creeps: int) -> Iterator[tuple[str, int, int, int, int]]:
    """Every kind over the whole time, a share of it at each of its spawns."""
    counts = {kind: creeps * share // 100 for kind, share in _SHARES.items()}
    counts["runner"] = creeps - sum(counts.values())
    for kind, count in counts.items():
        lanes = _FLYER_LANES if kind == "flyer" else _WALKER_LANES
        for number, lane in enumerate(lanes):
            share = count * (number + 1) // len(lanes) - count * number // len(lanes)
            if share:
                gap = _ARRIVAL_TICKS // share
                yield kind, share, gap, (number * gap) // len(lanes), lane


def _build(match: Match) -> None:
    """A tower on every site, cycling through kinds, variants and targetings."""
    places = [
        (column, row)
        for row in range(MAX_SIDE)
        for column in range(MAX_SIDE)
        if match.game_map.buildable(column, row)
    ]
    for number, (column, row) in enumerate(places):
        kind, turn = number % len(rules.TOWERS), number // len(rules.TOWERS)
        _execute(match, Build(kind, column, row))
        uid = int(match.towers[tower.UID][number])
        for branch in _UPGRADES[turn % len(_UPGRADES)]:
            _execute(match, Upgrade(uid, branch))
        _execute(match, Target(uid, turn % len(rules.TARGETINGS)))


def _execute(match: Match, command: Build | Upgrade | Target) -> None:
    refused = match.step([command])
    if refused:
        raise ValueError(f"{command}: {refused[0].reason.value}")
