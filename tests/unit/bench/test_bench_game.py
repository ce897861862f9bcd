"""The game's benchmark: the compared implementations follow the same rules, and its figures are consistent. Times are not judged."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import esper
import msgspec
import pytest
from tests import thorough
from tests.unit.bulwark.fields import defended, field, run

from benchmarks.game import crowd as game_crowd
from benchmarks.game import esper as game_esper
from benchmarks.game import report as game_report
from benchmarks.game.collisions import GRID, collision_ways
from benchmarks.game.crowd import CORE, Outcome, by_core, measure_crowd
from benchmarks.game.esper_components import exported
from benchmarks.game.measure import GameFigures
from benchmarks.game.scenario import Crowd, crowd
from bulwark.compiled import compiled
from bulwark.sim import rules
from bulwark.sim.commands import AutoStart
from bulwark.sim.layout import creep, score, tower
from bulwark.sim.maps import Map
from bulwark.sim.match import Match
from keepwell.platform.errors import CorruptData
from keepwell.platform.progress import SilentProgress

ROOT = Path(__file__).parents[3]


def assert_esper_matches(game_map: Map, state: Mapping[str, Sequence[int]], *, ticks: int) -> Match:
    """Run both from the same state, comparing every tick; returns the core's match at the end."""
    match, game = Match.restore(game_map, state), game_esper.begin(game_map, state)
    for _ in range(ticks):
        match.step()
        esper.process()
        assert exported(game) == match.export()
    assert Match.restore(game_map, exported(game)).state_hash() == match.state_hash()
    return match


def test_esper_matches_the_core_in_every_tick_of_a_crowd() -> None:
    creeps, towers = thorough.repeats(60, thorough=500), thorough.repeats(30, thorough=100)
    began = crowd(creeps=creeps, towers=towers)
    match = assert_esper_matches(began.map(), began.state, ticks=60)
    assert match.creep_count == creeps
    assert match.shell_count > 0


def test_esper_matches_the_core_while_creeps_die_and_leak_and_waves_start() -> None:
    game_map = field()
    began = run(defended(game_map), 5)
    match = assert_esper_matches(game_map, began.export(), ticks=2_500)
    numbers = match.world.score
    assert numbers[score.KILLED] > 10
    assert numbers[score.LEAKED] > 0
    assert match.wave > 1


def test_esper_loses_when_the_core_loses() -> None:
    game_map = field(lives=2)
    match = Match.begin(game_map, seed=3)
    match.begin_wave()
    match.step([AutoStart(on=True)])
    ended = assert_esper_matches(game_map, match.export(), ticks=run_until_over(game_map, match.export()))
    assert ended.outcome == score.LOST


def run_until_over(game_map: Map, state: Mapping[str, Sequence[int]]) -> int:
    match = Match.restore(game_map, state)
    ticks = 0
    while match.outcome == score.PLAYING:
        match.step()
        ticks += 1
    return ticks


@pytest.fixture(scope="module")
def five_hundred() -> Crowd:
    return crowd(creeps=500, towers=100, engine=compiled())


@pytest.mark.thorough
def test_the_crowd_has_all_kinds_and_keeps_its_size_while_measured(five_hundred: Crowd) -> None:
    match = five_hundred.match(compiled())
    assert set(match.creeps[creep.KIND][:500]) == set(range(len(rules.CREEPS)))
    rows = zip(match.towers[tower.KIND][:100], match.towers[tower.VARIANT][:100], strict=True)
    assert len(set(rows)) == len(rules.TOWER_RULES)
    run(match, 1_000)
    assert (match.creep_count, match.tower_count) == (500, 100)


@pytest.mark.thorough
def test_the_crowd_is_reproducible(five_hundred: Crowd) -> None:
    assert crowd(creeps=40, towers=9) == crowd(creeps=40, towers=9, engine=compiled())
    assert five_hundred.match().state_hash() == five_hundred.match(compiled()).state_hash()


def test_an_implementation_with_a_different_state_ends_the_benchmark(monkeypatch: pytest.MonkeyPatch) -> None:
    def lazy(crowd: Crowd, ticks: int) -> Outcome:
        return by_core(crowd, ticks - 1)

    monkeypatch.setattr(game_crowd, "IMPLEMENTATIONS", {**game_crowd.IMPLEMENTATIONS, "lazy": lazy})
    small = crowd(creeps=20, towers=6)
    with pytest.raises(CorruptData, match="2 different states"):
        measure_crowd(small, [CORE, "lazy"], ticks=5, repeats=1, progress=SilentProgress())


def test_the_scene_graph_pushes_bodies_exactly_as_the_grid_does() -> None:
    match = crowd(creeps=60, towers=9).match()
    before = match.state_hash()
    pushes = {name: way() for name, way in collision_ways(match).items()}
    assert any(pushes[GRID][0])
    assert all(each == pushes[GRID] for each in pushes.values())
    assert match.state_hash() == before


@pytest.fixture(scope="module")
def figures() -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks", "game", "--quick", "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    printed: dict[str, Any] = json.loads(done.stdout)
    return printed


@pytest.mark.thorough
@pytest.mark.timeout(400)
def test_every_implementation_is_measured(figures: dict[str, Any]) -> None:
    assert set(figures["crowd"]["milliseconds"]) == {"core", "compiled", "esper"}
    assert (figures["crowd"]["creeps"], figures["crowd"]["towers"]) == (500, 100)
    assert [maze["name"] for maze in figures["mazes"]] == ["lanes", "passages", "rubble"]
    assert all(maze["steps"] > 100 and min(maze["microseconds"].values()) > 0 for maze in figures["mazes"])
    assert [each["creeps"] for each in figures["collisions"]] == [100, 500]
    assert figures["matches"]["compiled"] > 0
    assert figures["population"]["events"] > 0


@pytest.mark.thorough
@pytest.mark.timeout(400)
def test_the_report_contains_the_measured_ratios(figures: dict[str, Any]) -> None:
    measured = figures["crowd"]["milliseconds"]
    text = game_report.markdown(msgspec.convert(figures, GameFigures))
    assert f"| compiled | {measured['esper'] / measured['compiled']:.1f}x | 40.0x |" in text
    assert f"| interpreted | {measured['esper'] / measured['core']:.1f}x | 2.0x |" in text
