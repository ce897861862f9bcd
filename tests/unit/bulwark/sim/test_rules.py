"""What towers, creeps and waves do, observed in matches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from bulwark.sim import rules
from bulwark.sim.commands import (
    AutoStart,
    Build,
    Command,
    Reason,
    Sell,
    SetConstant,
    StartWave,
    Target,
    Upgrade,
)
from bulwark.sim.layout import creep, event, physics, score, shell, tower
from bulwark.sim.match import Match
from tests.unit.bulwark.fields import field, run

BOLT, BURST, FROST, ARC, MORTAR, BEACON = range(6)


def match_with(*waves: Sequence[Sequence[Any]], **overrides: Any) -> Match:
    """A rich match on the open field with these waves."""
    return Match.begin(field(waves=list(waves), **{"gold": 50_000, **overrides}), seed=5)


def started(match: Match, *towers: Build) -> Match:
    """The match with these towers and its first wave started."""
    assert match.step([*towers, StartWave()]) == []
    return match


def event_count(match: Match, kind: int) -> int:
    return list(match.events[event.KIND][: match.event_count]).count(kind)


def until_first_hit(match: Match) -> Match:
    while not any(match.creeps[creep.HP][i] < match.creeps[creep.FULL][i] for i in range(match.creep_count)):
        match.step()
        assert match.tick < 2000
    return match


def column(match: Match, number: int) -> list[int]:
    return list(match.creeps[number][: match.creep_count])


def test_a_bolt_damages_one_creep() -> None:
    match = until_first_hit(started(match_with([["boss", 3, 10, 0, 0]]), Build(BOLT, 4, 4)))
    hurt = [
        one
        for one, full in zip(column(match, creep.HP), column(match, creep.FULL), strict=True)
        if one < full
    ]
    assert len(hurt) == 1


def test_a_burst_damages_creeps_around_its_target() -> None:
    match = until_first_hit(started(match_with([["swarm", 12, 1, 0, 0]], lives=99), Build(BURST, 4, 5)))
    assert match.creep_count + match.world.score[score.KILLED] == 12
    hurt = [
        one
        for one, full in zip(column(match, creep.HP), column(match, creep.FULL), strict=True)
        if one < full
    ]
    assert len(hurt) + match.world.score[score.KILLED] > 1


def test_frost_slows_its_target_for_a_while() -> None:
    slowed = started(match_with([["boss", 1, 1, 0, 0]]), Build(FROST, 4, 5))
    until_first_hit(slowed)
    assert column(slowed, creep.CHILL) == [rules.tower_rule(FROST, 0).chill]
    assert abs(run(slowed, 12).creeps[creep.VX][0]) < rules.creep_rule(5).speed


def test_an_arc_jumps_between_creeps_and_hits_none_twice() -> None:
    match = started(match_with([["boss", 6, 4, 0, 0]]), Build(ARC, 4, 5))
    until_first_hit(match)
    hurt = [
        full - one
        for one, full in zip(column(match, creep.HP), column(match, creep.FULL), strict=True)
        if one < full
    ]
    assert len(hurt) == rules.tower_rule(ARC, 0).jumps + 1
    assert len(set(hurt)) == 1
    assert event_count(match, event.ARC) == len(hurt)


def test_a_mortar_shell_rises_and_falls() -> None:
    match = started(match_with([["runner", 1, 1, 0, 0]]), Build(MORTAR, 6, 6))
    heights = []
    while not event_count(match, event.BURST):
        match.step()
        heights.extend(match.shells[shell.Z][: match.shell_count])
        assert match.tick < 600
    top = heights.index(max(heights))
    assert 0 < top < len(heights) - 1
    assert heights[: top + 1] == sorted(heights[: top + 1])


def test_a_mortar_aims_where_its_target_will_be() -> None:
    match = started(match_with([["boss", 1, 1, 0, 0]]), Build(MORTAR, 6, 6))
    until_first_hit(match)
    assert (
        match.creeps[creep.HP][0]
        <= match.creeps[creep.FULL][0] - rules.tower_rule(MORTAR, 0).damage // 2 + 10
    )


def test_a_mortar_does_not_hit_flyers() -> None:
    match = started(match_with([["flyer", 3, 10, 0, 0]]), Build(MORTAR, 6, 6))
    while match.outcome == score.PLAYING and match.creep_count + match.wave == 1:
        match.step()
    run(match, 300)
    assert match.shell_count == 0
    assert match.world.score[score.KILLED] == 0


def test_a_beacon_boosts_nearby_towers_but_not_itself() -> None:
    match = match_with([["runner", 1, 1, 0, 0]])
    match.step([Build(BOLT, 4, 5), Build(BEACON, 5, 5), Build(BOLT, 12, 8)])
    assert list(match.towers[tower.BOOST][:3]) == [rules.tower_rule(BEACON, 0).boost, 0, 0]


def test_a_sold_beacon_no_longer_boosts() -> None:
    match = match_with([["runner", 1, 1, 0, 0]])
    match.step([Build(BOLT, 4, 5), Build(BEACON, 5, 5)])
    match.step([Sell(int(match.towers[tower.UID][1]))])
    assert match.towers[tower.BOOST][0] == 0


def test_armour_never_absorbs_a_whole_hit() -> None:
    weak = until_first_hit(started(match_with([["armoured", 1, 1, 0, 0]]), Build(FROST, 4, 5)))
    assert weak.creeps[creep.FULL][0] - weak.creeps[creep.HP][0] == 1


def test_a_healer_heals_creeps_around_it() -> None:
    match = started(match_with([["boss", 1, 1, 0, 0], ["healer", 1, 1, 0, 0]]))
    run(match, 2)
    match.creeps[creep.HP][0] -= 50
    hurt = match.creeps[creep.HP][0]
    run(match, rules.creep_rule(3).heal_period)
    assert match.creeps[creep.HP][0] == hurt + rules.creep_rule(3).heal


@pytest.mark.parametrize(
    ("mode", "preferred"),
    [
        (rules.FIRST, "nearest the goal"),
        (rules.LAST, "farthest"),
        (rules.STRONG, "toughest"),
        (rules.CLOSE, "nearest"),
    ],
)
def test_a_tower_fires_at_its_preferred_target(mode: int, preferred: str) -> None:
    match = match_with([["swarm", 1, 1, 0, 0], ["boss", 1, 1, 0, 0], ["runner", 1, 1, 0, 0]])
    match.step([Build(BOLT, 6, 3)])
    match.step([Target(1, mode), StartWave()])
    # Placed by hand: the runner ahead, the boss in the middle and nearest the tower, the swarm behind.
    kinds = {rules.CREEPS[kind]: i for i, kind in enumerate(column(match, creep.KIND))}
    for name, column_ in (("swarm", 4), ("boss", 6), ("runner", 8)):
        x, y = match.game_map.centre(match.game_map.cell(column_, 4))
        match.creeps[creep.X][kinds[name]], match.creeps[creep.Y][kinds[name]] = x, y
    match.towers[tower.COOLDOWN][0] = 0
    match.step()
    aimed = match.shells[shell.TARGET][0]
    names = {match.creeps[creep.UID][i]: name for name, i in kinds.items()}
    expected = {"nearest the goal": "runner", "farthest": "swarm", "toughest": "boss", "nearest": "boss"}
    assert names[aimed] == expected[preferred]


def test_a_tower_is_upgraded_to_the_given_branch() -> None:
    match = match_with([["runner", 1, 1, 0, 0]])
    match.step([Build(BOLT, 4, 5)])
    assert match.step([Upgrade(1), Upgrade(1), Upgrade(1, 1)]) == []
    assert match.towers[tower.VARIANT][0] == 4
    assert [each.reason for each in match.step([Upgrade(1)])] == [Reason.FULLY_UPGRADED]


def test_selling_refunds_a_share_of_everything_spent() -> None:
    match = match_with([["runner", 1, 1, 0, 0]])
    match.step([Build(BOLT, 4, 5), Upgrade(1)])
    gold, refund = match.gold, match.refund(1)
    spent = rules.tower_rule(BOLT, 0).cost + rules.tower_rule(BOLT, 1).cost
    match.step([Sell(1)])
    assert match.gold - gold == refund == spent * rules.REFUND_PERCENT // 100


def test_a_sold_towers_cell_is_free_again() -> None:
    match = match_with([["runner", 1, 1, 0, 0]])
    match.step([Build(BOLT, 4, 5)])
    match.step([Sell(1)])
    assert match.refusal(Build(BOLT, 4, 5)) is None


def test_leaks_cost_lives_and_losing_all_lives_loses_the_match() -> None:
    match = started(match_with([["runner", 4, 10, 0, 0]], lives=3))
    run(match, 1500)
    assert (match.lives, match.outcome) == (0, score.LOST)


def test_clearing_the_last_wave_wins_the_match() -> None:
    match = started(match_with([["swarm", 2, 10, 0, 0]]), *[Build(BOLT, 3, row) for row in range(6)])
    run(match, 1500)
    assert match.outcome == score.WON


def test_waves_start_by_themselves_only_with_auto_start() -> None:
    waves = ([["swarm", 1, 1, 0, 0]], [["swarm", 1, 1, 0, 0]])
    towers = [Build(BOLT, 3, row) for row in range(6)]
    waiting, automatic = started(match_with(*waves), *towers), started(match_with(*waves), *towers)
    automatic.step([AutoStart(1)])
    run(waiting, 1500)
    run(automatic, 1500)
    assert (waiting.wave, automatic.wave) == (1, 2)
    assert automatic.outcome == score.WON


BREAK = rules.COUNTDOWN_TICKS // rules.TICKS_PER_SECOND


def cleared(*, auto: int, then: int) -> Match:
    """A match of three waves, `then` ticks after the first was cleared."""
    match = match_with(*[[["swarm", 1, 1, 0, 0]] for _ in range(3)])
    started(match, *[Build(BOLT, 3, row) for row in range(6)])
    match.step([AutoStart(auto)])
    while match.world.score[score.CLEARED] == 0:
        match.step()
    return run(match, then)


def earned_by(match: Match, *commands: Command) -> int:
    """The gold earned by these commands in one tick."""
    promised, gold = match.early_bonus(), match.gold
    match.step(commands)
    assert match.gold - gold == match.world.score[score.CALLED] == promised
    return promised


@pytest.mark.parametrize("auto", [0, 1])
def test_starting_a_wave_early_earns_a_gold_per_second_saved_with_or_without_auto_start(auto: int) -> None:
    assert earned_by(cleared(auto=auto, then=100), StartWave()) == BREAK - 4


def test_the_countdown_is_what_is_left_of_the_break() -> None:
    match = cleared(auto=1, then=100)
    assert match.countdown // rules.TICKS_PER_SECOND == match.early_bonus() == BREAK - 4


def test_starting_a_wave_after_the_break_earns_nothing() -> None:
    assert earned_by(cleared(auto=0, then=rules.COUNTDOWN_TICKS), StartWave()) == 0


def test_switching_auto_start_on_for_a_moment_earns_nothing() -> None:
    match = cleared(auto=0, then=rules.COUNTDOWN_TICKS)
    assert earned_by(match, AutoStart(1), StartWave(), AutoStart(0)) == 0


def test_switching_auto_start_on_during_the_break_counts_down_what_is_left_of_it() -> None:
    match = cleared(auto=0, then=100)
    match.step([AutoStart(1)])
    assert match.countdown == rules.COUNTDOWN_TICKS - 101


def test_starting_a_wave_while_another_runs_saves_the_whole_break() -> None:
    match = started(match_with(*[[["swarm", 1, 1, 0, 0]] for _ in range(3)]))
    assert earned_by(match, StartWave()) == BREAK


def test_the_first_wave_earns_nothing() -> None:
    assert earned_by(match_with([["swarm", 1, 1, 0, 0]]), StartWave()) == 0


def test_creeps_at_the_same_position_separate() -> None:
    match = started(match_with([["armoured", 6, 1, 0, 0]]))
    run(match, 45)
    positions = list(zip(column(match, creep.X), column(match, creep.Y), strict=True))
    distances = [
        (x - other_x) ** 2 + (y - other_y) ** 2
        for i, (x, y) in enumerate(positions)
        for other_x, other_y in positions[:i]
    ]
    assert min(distances) > rules.creep_rule(1).radius ** 2


def test_a_harder_difficulty_has_tougher_creeps_and_less_gold() -> None:
    game_map = field()
    easy, hard = (Match.begin(game_map, seed=1, difficulty=difficulty) for difficulty in (0, 2))
    for match in (easy, hard):
        match.step([StartWave()])
    assert easy.creeps[creep.FULL][0] < hard.creeps[creep.FULL][0]
    assert (easy.gold, easy.lives) > (hard.gold, hard.lives)


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (Build(9, 1, 1), Reason.UNKNOWN_KIND),
        (Build(0, -1, 1), Reason.OUTSIDE),
        (Build(0, 0, 4), Reason.NOT_BUILDABLE),
        (Build(0, 5, 5), Reason.OCCUPIED),
        (Build(0, 7, 7), Reason.TOO_EXPENSIVE),
        (Upgrade(99), Reason.TOWER_GONE),
        (Upgrade(1, 1), Reason.UNKNOWN_BRANCH),
        (Upgrade(1), Reason.TOO_EXPENSIVE),
        (Sell(99), Reason.TOWER_GONE),
        (Target(99, 0), Reason.TOWER_GONE),
        (Target(1, 4), Reason.UNKNOWN_TARGETING),
    ],
)
def test_an_invalid_command_is_refused_with_its_reason_and_changes_nothing(
    command: Any, reason: Reason
) -> None:
    match = match_with([["runner", 1, 1, 0, 0]], gold=rules.tower_rule(BOLT, 0).cost)
    match.step([Build(BOLT, 5, 5)])
    before = match.state_hash()
    assert match.refusal(command) is reason
    assert match.state_hash() == before


def test_a_physical_constant_works_at_once_and_marks_the_match() -> None:
    match, untouched = (run(started(match_with([["runner", 1, 1, 0, 0]])), 30) for _ in range(2))
    assert not match.tweaked
    assert match.step([SetConstant(physics.DRAG, 16)]) == []
    untouched.step()
    assert match.tweaked
    assert column(match, creep.VX)[0] < column(untouched, creep.VX)[0]


def test_a_match_stays_marked_when_its_constants_are_as_they_were() -> None:
    match = match_with([["runner", 1, 1, 0, 0]])
    before = rules.PHYSICS[physics.GRAVITY].default
    match.step([SetConstant(physics.GRAVITY, before + 1), SetConstant(physics.GRAVITY, before)])
    assert list(match.world.physics) == [constant.default for constant in rules.PHYSICS]
    assert match.tweaked


def test_setting_a_constant_to_what_it_is_marks_nothing() -> None:
    match = match_with([["runner", 1, 1, 0, 0]])
    match.step([SetConstant(physics.DRAG, rules.PHYSICS[physics.DRAG].default)])
    assert not match.tweaked


@pytest.mark.parametrize("constant", range(physics.WIDTH))
def test_a_constant_out_of_its_bounds_is_refused(constant: int) -> None:
    match = match_with([["runner", 1, 1, 0, 0]])
    bounds = rules.PHYSICS[constant]
    for value in (bounds.least - 1, bounds.most + 1):
        assert match.refusal(SetConstant(constant, value)) is Reason.OUT_OF_BOUNDS
    assert match.refusal(SetConstant(constant, bounds.least)) is None
    assert match.refusal(SetConstant(constant, bounds.most)) is None


def test_an_unknown_constant_is_refused() -> None:
    match = match_with([["runner", 1, 1, 0, 0]])
    for constant in (-1, physics.WIDTH):
        assert match.refusal(SetConstant(constant, 1)) is Reason.UNKNOWN_CONSTANT
