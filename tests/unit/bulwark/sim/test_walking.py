"""The way shown is the way walked, on every map and in random mazes, cell by cell."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import isqrt
from random import Random

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bulwark.sim import rules
from bulwark.sim.commands import Build, StartWave
from bulwark.sim.execution import execute
from bulwark.sim.layout import creep, ground, score
from bulwark.sim.maps import Group
from bulwark.sim.match import Match
from tests.balance_matches import maps
from tests.unit.bulwark.fields import run

BEACON = rules.TOWERS.index("beacon")  # it never fires
WALKERS = [kind for kind in range(len(rules.CREEPS)) if not rules.creep_rule(kind).flying]
FLYER = rules.CREEPS.index("flyer")
Place = tuple[int, int]


@st.composite
def mazes(draw: st.DrawFn, *, kinds: Sequence[int]) -> tuple[Match, int, Random]:
    """A map with random towers, whose only wave is one creep of a kind from one of the spawns."""
    each = draw(st.sampled_from(maps()))
    spawn, kind = draw(st.integers(0, len(each.spawns) - 1)), draw(st.sampled_from(kinds))
    lonely = each._replace(waves=[[Group(kind, 1, 1, 0, spawn)]])
    match = Match.begin(lonely, seed=draw(st.integers(0, 2**32 - 1)))
    random = Random(draw(st.integers(0, 2**32 - 1)))
    match.world.score[score.GOLD] = 1000
    _wall(match, draw(st.integers(0, 300)), random=random)
    return match, spawn, random


def _wall(match: Match, count: int, *, random: Random) -> None:
    """Block that many random cells, or as many of them as leave a way from each spawn."""
    game_map = match.game_map
    cells = [
        game_map.cell(column, row)
        for row in range(game_map.height)
        for column in range(game_map.width)
        if game_map.buildable(column, row)
    ]
    walls = random.sample(cells, min(count, len(cells)))
    match.blocked[:] = game_map.blocked
    for cell in walls:
        match.blocked[cell] = 1
    match.update_flow_field()
    if not all(match.paths()):
        _wall(match, len(walls) * 3 // 4, random=random)


def crossed(match: Match, random: Random) -> list[Place]:
    """The positions of the only creep, tick by tick, slowed now and then."""
    match.step([StartWave()])
    positions = []
    while match.creep_count:
        positions.append((int(match.creeps[creep.X][0]), int(match.creeps[creep.Y][0])))
        if random.random() < 0.01:
            match.creeps[creep.SLOW][0], match.creeps[creep.CHILL][0] = 40, random.randrange(80)
        match.step()
    return [*positions, match.game_map.centre(match.game_map.cell(*match.game_map.goal))]


def cells_of(positions: Sequence[Place]) -> list[Place]:
    """The cells of these positions, without repetition."""
    cells = [(x >> 10, y >> 10) for x, y in positions]
    return [cells[0], *(there for here, there in pairwise(cells) if there != here)]


def without_corners(walked: Sequence[Place], shown: Sequence[Place]) -> list[Place]:
    """The cells walked, without the one beside the corner that a body touches on each diagonal step of the way shown."""
    kept, at = list(walked[:1]), 1
    for (x, y), (to_x, to_y) in pairwise(shown):
        if x != to_x and y != to_y and walked[at : at + 1] in ([(x, to_y)], [(to_x, y)]):
            at += 1
        kept.extend(walked[at : at + 1])
        at += 1
    return [*kept, *walked[at:]]


# Pushes are left out: a creep that a hit or another body pushes off its way goes on from where it lands.
@settings(max_examples=60)
@given(mazes(kinds=WALKERS))
def test_every_walker_walks_the_way_shown_cell_by_cell(maze: tuple[Match, int, Random]) -> None:
    match, spawn, random = maze
    shown = cells_of(match.paths()[spawn])
    assert without_corners(cells_of(crossed(match, random)), shown) == shown


@settings(max_examples=20)
@given(mazes(kinds=[FLYER]))
def test_every_flyer_keeps_to_the_straight_line_shown(maze: tuple[Match, int, Random]) -> None:
    match, spawn, random = maze
    game_map = match.game_map
    x, y = game_map.centre(game_map.cell(*game_map.spawns[spawn]))
    to_x, to_y = game_map.centre(game_map.cell(*game_map.goal))
    length = isqrt((to_x - x) ** 2 + (to_y - y) ** 2)
    # They spawn within a quarter of a cell of the spawn's centre.
    assert all(
        abs((to_x - x) * (there_y - y) - (to_y - y) * (there_x - x)) // length < rules.CELL // 4
        for there_x, there_y in crossed(match, random)
    )


@settings(max_examples=30)
@given(mazes(kinds=WALKERS), st.integers(0, 2**16))
def test_the_ways_around_a_ghost_are_the_ways_once_it_is_built(
    maze: tuple[Match, int, Random], pick: int
) -> None:
    match, spawn, _ = maze
    here = _buildable_on_the_way(match, spawn)
    assume(here)
    column, row = here[pick % len(here)]
    around, before = match.paths(around=(column, row)), match.state_hash()
    assert match.state_hash() == before
    assume(not match.step([Build(BEACON, column, row)]))
    assert match.paths() == around


@settings(max_examples=30)
@given(mazes(kinds=WALKERS), st.integers(1, 200))
def test_no_tower_makes_the_way_of_a_walking_creep_longer(
    maze: tuple[Match, int, Random], ticks: int
) -> None:
    match, spawn, random = maze
    match.step([StartWave()])
    run(match, ticks)
    for column, row in random.sample(cells := _buildable_on_the_way(match, spawn), min(len(cells), 12)):
        before = _steps_left(match)
        match.world.score[score.GOLD] = 1000
        if execute(match, Build(BEACON, column, row)) is None:
            assert _steps_left(match) <= before


def _steps_left(match: Match) -> int:
    """The cells between the only creep and the goal; 0 if it is gone."""
    if not match.creep_count:
        return 0
    cell = match.game_map.cell(
        int(match.creeps[creep.X][0]) // rules.CELL - 1, int(match.creeps[creep.Y][0]) // rules.CELL - 1
    )
    return int(match.world.ground[ground.STEPS][cell])


def _buildable_on_the_way(match: Match, spawn: int) -> list[Place]:
    game_map = match.game_map
    cells = [(x - 1, y - 1) for x, y in cells_of(match.paths()[spawn])]
    return [cell for cell in cells if game_map.buildable(*cell)]
