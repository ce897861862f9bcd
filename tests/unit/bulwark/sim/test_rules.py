"""What towers, creeps and waves do, seen in matches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from bulwark.sim import rules
from bulwark.sim.commands import AutoStart, Build, Reason, Sell, StartWave, Target, Upgrade
from bulwark.sim.layout import creep, event, score, shell, tower
from bulwark.sim.match import Match
from tests.unit.bulwark.fields import field, run

BOLT, BURST, FROST, ARC, MORTAR, BEACON = range(6)


def match_with(*waves: Sequence[Sequence[Any]], **said: Any) -> Match:
    """A rich match on the open field, with these waves."""
    return Match.begin(field(waves=list(waves), **{"gold": 50_000, **said}), seed=5)


def begun(match: Match, *towers: Build) -> Match:
    """The match with towers, and its first wave begun."""
    assert match.step([*towers, StartWave()]) == []
    return match


def happened(match: Match, kind: int) -> int:
    return list(match.events[event.KIND][: match.event_count]).count(kind)


def until_first_hit(match: Match) -> Match:
    while not any(match.creeps[creep.HP][i] < match.creeps[creep.FULL][i] for i in range(match.creep_count)):
        match.step()
        assert match.tick < 2000
    return match


def column(match: Match, number: int) -> list[int]:
    return list(match.creeps[number][: match.creep_count])


def test_a_bolt_hurts_one_creep() -> None:
    match = until_first_hit(begun(match_with([["boss", 3, 10, 0, 0]]), Build(BOLT, 4, 4)))
    hurt = [
        one
        for one, full in zip(column(match, creep.HP), column(match, creep.FULL), strict=True)
        if one < full
    ]
    assert len(hurt) == 1


def test_a_burst_hurts_those_around_its_target() -> None:
    match = until_first_hit(begun(match_with([["swarm", 12, 1, 0, 0]], lives=99), Build(BURST, 4, 5)))
    assert match.creep_count + match.world.score[score.KILLED] == 12
    hurt = [
        one
        for one, full in zip(column(match, creep.HP), column(match, creep.FULL), strict=True)
        if one < full
    ]
    assert len(hurt) + match.world.score[score.KILLED] > 1


def test_frost_slows_its_target_for_a_while() -> None:
    slowed = begun(match_with([["boss", 1, 1, 0, 0]]), Build(FROST, 4, 5))
    until_first_hit(slowed)
    assert column(slowed, creep.CHILL) == [rules.tower_rule(FROST, 0).chill]
    assert abs(run(slowed, 12).creeps[creep.VX][0]) < rules.creep_rule(5).speed


def test_an_arc_jumps_from_creep_to_creep_and_hits_none_twice() -> None:
    match = begun(match_with([["boss", 6, 4, 0, 0]]), Build(ARC, 4, 5))
    until_first_hit(match)
    hurt = [
        full - one
        for one, full in zip(column(match, creep.HP), column(match, creep.FULL), strict=True)
        if one < full
    ]
    assert len(hurt) == rules.tower_rule(ARC, 0).jumps + 1
    assert len(set(hurt)) == 1
    assert happened(match, event.ARC) == len(hurt)


def test_a_mortars_shell_rises_falls_and_knocks_back_what_it_meets() -> None:
    match = begun(match_with([["runner", 1, 1, 0, 0]]), Build(MORTAR, 6, 6))
    heights = []
    while not happened(match, event.BURST):
        match.step()
        heights.extend(match.shells[shell.Z][: match.shell_count])
        assert match.tick < 600
    top = heights.index(max(heights))
    assert 0 < top < len(heights) - 1
    assert heights[: top + 1] == sorted(heights[: top + 1])


def test_a_mortar_aims_where_its_target_will_be() -> None:
    match = begun(match_with([["boss", 1, 1, 0, 0]]), Build(MORTAR, 6, 6))
    until_first_hit(match)
    assert (
        match.creeps[creep.HP][0]
        <= match.creeps[creep.FULL][0] - rules.tower_rule(MORTAR, 0).damage // 2 + 10
    )


def test_a_mortar_leaves_what_flies_alone() -> None:
    match = begun(match_with([["flyer", 3, 10, 0, 0]]), Build(MORTAR, 6, 6))
    while match.outcome == score.PLAYING and match.creep_count + match.wave == 1:
        match.step()
    run(match, 300)
    assert match.shell_count == 0
    assert match.world.score[score.KILLED] == 0


def test_a_beacon_boosts_the_towers_near_it_and_not_itself() -> None:
    match = match_with([["runner", 1, 1, 0, 0]])
    match.step([Build(BOLT, 4, 5), Build(BEACON, 5, 5), Build(BOLT, 12, 8)])
    assert list(match.towers[tower.BOOST][:3]) == [rules.tower_rule(BEACON, 0).boost, 0, 0]


def test_a_beacon_that_is_sold_boosts_no_more() -> None:
    match = match_with([["runner", 1, 1, 0, 0]])
    match.step([Build(BOLT, 4, 5), Build(BEACON, 5, 5)])
    match.step([Sell(int(match.towers[tower.UID][1]))])
    assert match.towers[tower.BOOST][0] == 0


def test_armour_takes_a_part_of_every_hit_but_never_all() -> None:
    weak = until_first_hit(begun(match_with([["armoured", 1, 1, 0, 0]]), Build(FROST, 4, 5)))
    assert weak.creeps[creep.FULL][0] - weak.creeps[creep.HP][0] == 1


def test_a_healer_mends_those_around_it() -> None:
    match = begun(match_with([["boss", 1, 1, 0, 0], ["healer", 1, 1, 0, 0]]))
    run(match, 2)
    match.creeps[creep.HP][0] -= 50
    hurt = match.creeps[creep.HP][0]
    run(match, rules.creep_rule(3).heal_period)
    assert match.creeps[creep.HP][0] == hurt + rules.creep_rule(3).heal


@pytest.mark.parametrize(
    ("mode", "chosen"),
    [
        (rules.FIRST, "nearest the goal"),
        (rules.LAST, "farthest"),
        (rules.STRONG, "toughest"),
        (rules.CLOSE, "nearest"),
    ],
)
def test_a_tower_fires_at_whom_it_is_told_to_prefer(mode: int, chosen: str) -> None:
    match = match_with([["swarm", 1, 1, 0, 0], ["boss", 1, 1, 0, 0], ["runner", 1, 1, 0, 0]])
    match.step([Build(BOLT, 6, 3)])
    match.step([Target(1, mode), StartWave()])
    # Put apart by hand: the runner ahead, the boss in the middle and nearest the tower, the swarm behind.
    kinds = {rules.CREEPS[kind]: i for i, kind in enumerate(column(match, creep.KIND))}
    for name, column_ in (("swarm", 4), ("boss", 6), ("runner", 8)):
        x, y = match.game_map.centre(match.game_map.cell(column_, 4))
        match.creeps[creep.X][kinds[name]], match.creeps[creep.Y][kinds[name]] = x, y
    match.towers[tower.COOLDOWN][0] = 0
    match.step()
    aimed = match.shells[shell.TARGET][0]
    names = {match.creeps[creep.UID][i]: name for name, i in kinds.items()}
    expected = {"nearest the goal": "runner", "farthest": "swarm", "toughest": "boss", "nearest": "boss"}
    assert names[aimed] == expected[chosen]


def test_a_tower_is_upgraded_to_the_branch_that_was_chosen() -> None:
    match = match_with([["runner", 1, 1, 0, 0]])
    match.step([Build(BOLT, 4, 5)])
    assert match.step([Upgrade(1), Upgrade(1), Upgrade(1, 1)]) == []
    assert match.towers[tower.VARIANT][0] == 4
    assert [each.reason for each in match.step([Upgrade(1)])] == [Reason.FULLY_UPGRADED]


def test_selling_gives_back_the_stated_share_of_all_that_was_spent() -> None:
    match = match_with([["runner", 1, 1, 0, 0]])
    match.step([Build(BOLT, 4, 5), Upgrade(1)])
    gold, refund = match.gold, match.refund(1)
    spent = rules.tower_rule(BOLT, 0).cost + rules.tower_rule(BOLT, 1).cost
    match.step([Sell(1)])
    assert match.gold - gold == refund == spent * rules.REFUND_PERCENT // 100


def test_a_sold_towers_place_is_free_again() -> None:
    match = match_with([["runner", 1, 1, 0, 0]])
    match.step([Build(BOLT, 4, 5)])
    match.step([Sell(1)])
    assert match.refusal(Build(BOLT, 4, 5)) is None


def test_what_leaks_costs_lives_and_the_last_life_the_match() -> None:
    match = begun(match_with([["runner", 4, 10, 0, 0]], lives=3))
    run(match, 1500)
    assert (match.lives, match.outcome) == (0, score.LOST)


def test_the_last_wave_cleared_wins_the_match() -> None:
    match = begun(match_with([["swarm", 2, 10, 0, 0]]), *[Build(BOLT, 3, row) for row in range(6)])
    run(match, 1500)
    assert match.outcome == score.WON


def test_a_wave_begins_by_itself_only_where_that_was_asked_for() -> None:
    waves = ([["swarm", 1, 1, 0, 0]], [["swarm", 1, 1, 0, 0]])
    towers = [Build(BOLT, 3, row) for row in range(6)]
    waiting, going = begun(match_with(*waves), *towers), begun(match_with(*waves), *towers)
    going.step([AutoStart(1)])
    run(waiting, 1500)
    run(going, 1500)
    assert (waiting.wave, going.wave) == (1, 2)
    assert going.outcome == score.WON


def test_calling_a_wave_early_brings_a_piece_of_gold_a_second() -> None:
    match = match_with([["swarm", 1, 1, 0, 0]], [["swarm", 1, 1, 0, 0]])
    begun(match, *[Build(BOLT, 3, row) for row in range(6)])
    match.step([AutoStart(1)])
    while match.countdown < 0:
        match.step()
    seconds, gold = match.countdown // rules.TICKS_PER_SECOND, match.gold
    match.step([StartWave()])
    assert match.gold - gold == match.world.score[score.CALLED] == seconds > 0


def test_creeps_in_one_place_part() -> None:
    match = begun(match_with([["armoured", 6, 1, 0, 0]]))
    run(match, 45)
    places = list(zip(column(match, creep.X), column(match, creep.Y), strict=True))
    apart = [
        (x - other_x) ** 2 + (y - other_y) ** 2
        for i, (x, y) in enumerate(places)
        for other_x, other_y in places[:i]
    ]
    assert min(apart) > rules.creep_rule(1).radius ** 2


def test_a_tougher_difficulty_has_tougher_creeps_and_less_to_spend() -> None:
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
def test_what_cannot_be_done_is_refused_with_its_reason_and_changes_nothing(
    command: Any, reason: Reason
) -> None:
    match = match_with([["runner", 1, 1, 0, 0]], gold=rules.tower_rule(BOLT, 0).cost)
    match.step([Build(BOLT, 5, 5)])
    before = match.state_hash()
    assert match.refusal(command) is reason
    assert match.state_hash() == before
