"""Paths: flow field and A* agree, corners are not cut, and the last path stays open."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bulwark.sim.commands import Build, Reason, StartWave
from bulwark.sim.flow_field import flood
from bulwark.sim.layout import creep, ground
from bulwark.sim.maps import Map
from bulwark.sim.match import Match
from bulwark.sim.pathfinding import shortest_path
from bulwark.sim.walking import walk
from bulwark.sim.world import World, build_world
from tests.unit.bulwark.fields import HEIGHT, OPEN_FIELD, WIDTH, field, run

# Rows of bits: a map's rocks, except on its spawn and goal.
rocks = st.lists(st.lists(st.booleans(), min_size=WIDTH, max_size=WIDTH), min_size=HEIGHT, max_size=HEIGHT)


def with_rocks(bits: list[list[bool]]) -> tuple[Map, World]:
    """The open field's map, with rocks put directly into its ground."""
    game_map = field()
    world = build_world(game_map)
    for row, line in enumerate(bits):
        for column, rock in enumerate(line):
            if rock and game_map.buildable(column, row):
                world.ground[ground.BLOCKED][game_map.cell(column, row)] = 1
    flood(world)
    return game_map, world


@given(rocks)
def test_flow_field_and_a_star_give_equal_distances_from_every_cell(bits: list[list[bool]]) -> None:
    game_map, world = with_rocks(bits)
    blocked, steps = world.ground[ground.BLOCKED], world.ground[ground.STEPS]
    for cell in range(len(blocked)):
        if not blocked[cell]:
            path = shortest_path(blocked, game_map.stride, start=cell, goal=game_map.cell(*game_map.goal))
            assert steps[cell] == (len(path) - 1 if path else ground.FAR)


@given(rocks)
def test_headings_lead_to_the_goal_without_cutting_corners(bits: list[list[bool]]) -> None:
    game_map, world = with_rocks(bits)
    blocked, stride = world.ground[ground.BLOCKED], game_map.stride
    start = game_map.cell(*game_map.spawns[0])
    cells = walk(world, start)
    reachable = world.ground[ground.STEPS][start] != ground.FAR
    assert (cells[-1] == game_map.cell(*game_map.goal)) == reachable
    for here, there in pairwise(cells):
        row, column = divmod(here, stride)
        next_row, next_column = divmod(there, stride)
        assert not blocked[row * stride + next_column]
        assert not blocked[next_row * stride + column]


def test_the_previewed_path_goes_from_the_spawn_to_the_goal() -> None:
    match = Match.begin(field(), seed=1)
    game_map = match.game_map
    (path,) = match.paths()
    assert path[0] == game_map.centre(game_map.cell(*game_map.spawns[0]))
    assert path[-1] == game_map.centre(game_map.cell(*game_map.goal))


def wall(match: Match, *, gap: int) -> None:
    """Build a wall of towers across the field, with one gap."""
    assert match.step([Build(0, 6, row) for row in range(HEIGHT) if row != gap]) == []


def test_refusal_predicts_a_placement_that_would_block_the_last_path() -> None:
    match = Match.begin(field(gold=5000), seed=1)
    wall(match, gap=8)
    before = match.state_hash()
    assert match.refusal(Build(0, 6, 8)) is Reason.BLOCKS_PATH
    assert match.state_hash() == before


def test_a_placement_that_blocks_the_last_path_is_refused_and_costs_nothing() -> None:
    match = Match.begin(field(gold=5000), seed=1)
    wall(match, gap=8)
    gold = match.gold
    assert [refusal.reason for refusal in match.step([Build(0, 6, 8)])] == [Reason.BLOCKS_PATH]
    assert match.gold == gold


def one_walking_creep() -> Match:
    """A match with one creep, two seconds on its way to the goal."""
    match = Match.begin(field(gold=5000, waves=[[["runner", 1, 1, 0, 0]]]), seed=1)
    match.step([StartWave()])
    return run(match, 60)


def test_a_way_that_creeps_are_coming_by_cannot_be_closed() -> None:
    match = one_walking_creep()
    assert match.refusal(Build(0, 9, 4)) is Reason.CREEPS_COMING
    assert match.refusal(Build(0, 9, 3)) is None


def test_a_way_can_be_closed_behind_the_creeps() -> None:
    match = one_walking_creep()
    assert match.refusal(Build(0, 1, 4)) is None


def test_a_creep_cannot_be_trapped() -> None:
    # The only creep is put into a pocket that is open on one side.
    terrain = [*OPEN_FIELD]
    terrain[0] = "....#.#......."
    terrain[1] = "....#.#......."
    match = Match.begin(field(terrain, gold=5000), seed=1)
    match.step([StartWave()])
    x, y = match.game_map.centre(match.game_map.cell(5, 0))
    match.creeps[creep.X][0], match.creeps[creep.Y][0] = x, y
    assert match.refusal(Build(0, 5, 1)) is Reason.CREEPS_COMING


def test_a_tower_cannot_be_built_on_a_creep() -> None:
    match = run(Match.begin(field(), seed=1), 1)
    match.step([StartWave()])
    run(match, 90)
    column, row = match.game_map.position(
        (match.creeps[creep.Y][0] >> 10) * match.game_map.stride + (match.creeps[creep.X][0] >> 10)
    )
    assert match.refusal(Build(0, column, row)) is Reason.CREEP_THERE


def test_a_new_tower_lengthens_the_path_around_it() -> None:
    match = Match.begin(field(), seed=1)
    before = len(match.paths()[0])
    assert match.step([Build(0, 9, row) for row in range(1, HEIGHT)]) == []
    assert len(match.paths()[0]) > before


def crossing(kind: str, terrain: Sequence[str]) -> int:
    """How many ticks a creep of that kind needs from spawn to goal."""
    match = Match.begin(field(terrain, waves=[[[kind, 1, 1, 0, 0]]]), seed=1)
    match.step([StartWave()])
    while match.creep_count:
        match.step()
    return match.tick


def test_flyers_cross_walls_that_walkers_go_around() -> None:
    walled = ["......##......"] * (HEIGHT - 1) + ["." * WIDTH]
    assert crossing("flyer", walled) == crossing("flyer", OPEN_FIELD)
    assert crossing("runner", walled) > crossing("runner", OPEN_FIELD) * 1.2
