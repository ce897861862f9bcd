"""The population's figures match the reference, within bands that fit the sample size."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from bulwark.bots.population.archetypes import VISITORS, days_until_next, draw_player, is_treated
from bulwark.bots.population.career import Career, PlaySession
from bulwark.bots.population.hours import session_start
from bulwark.bots.population.levels import EASED_LOGITS, LEVELS, difficulty, map_number
from bulwark.bots.population.logistic import logit
from bulwark.bots.population.odds import REFERENCE, Odds
from bulwark.bots.population.referee import Referee
from bulwark.bots.population.visitors import Visitor, visitors
from tests.unit.bulwark.population.building import MAPS, record

START = datetime(2026, 1, 1, tzinfo=UTC)
PLAYERS = 5000


def referee(odds: Odds = REFERENCE) -> Referee:
    return Referee(odds, maps=MAPS)


def days_played(visitor: Visitor) -> set[int]:
    """Days since the first visit on which the player came."""
    first = visitor.visits[0].at.date()
    return {(visit.at.date() - first).days for visit in visitor.visits}


@pytest.fixture(scope="module")
def population() -> list[Visitor]:
    """Observed for long enough that nobody's first 30 days are cut off."""
    return list(visitors(7, count=PLAYERS, start=START, days=400, referee=referee()))


@pytest.fixture(scope="module")
def observed(population: Sequence[Visitor]) -> list[Visitor]:
    """Players whose first 90 days were observed."""
    last = START + timedelta(days=310)
    return [visitor for visitor in population if visitor.visits[0].at < last]


@pytest.fixture(scope="module")
def sessions(population: Sequence[Visitor]) -> list[PlaySession]:
    return [visit.session for visitor in population for visit in visitor.visits]


@pytest.mark.parametrize(
    ("day", "share", "band"),
    [(1, 0.268, 0.04), (3, 0.187, 0.035), (7, 0.114, 0.03), (14, 0.059, 0.02), (30, 0.013, 0.01)],
)
def test_retention_per_day_matches_the_reference(
    observed: Sequence[Visitor], day: int, share: float, band: float
) -> None:
    came = sum(day in days_played(visitor) for visitor in observed) / len(observed)
    assert abs(came - share) < band


def test_the_chance_of_leaving_rises_with_the_losing_streak(sessions: Sequence[PlaySession]) -> None:
    left: Counter[int] = Counter()
    seen: Counter[int] = Counter()
    for session in sessions:
        streak = min(session.losing_streak, 5)
        seen[streak] += 1
        left[streak] += session.leaves
    assert left[0] / seen[0] == pytest.approx(0.22, abs=0.03)
    assert left[5] / seen[5] == pytest.approx(0.33, abs=0.06)
    assert left[0] / seen[0] < left[1] / seen[1] < left[5] / seen[5]


@pytest.mark.parametrize(("level", "share"), [(8, 0.63), (15, 0.60), (23, 0.53)])
def test_fewer_pass_the_difficulty_spikes_than_the_neighbouring_levels(
    sessions: Sequence[PlaySession], level: int, share: float
) -> None:
    def passes(number: int) -> float:
        wins = [
            match.decision.won for session in sessions for match in session.matches if match.level == number
        ]
        return sum(wins) / len(wins)

    assert passes(level) == pytest.approx(share, abs=0.06)
    assert passes(level) + 0.1 < min(passes(level - 1), passes(level + 1))


def test_archetypes_appear_in_their_shares(population: Sequence[Visitor]) -> None:
    counts = Counter(visitor.player.archetype.name for visitor in population)
    for archetype in VISITORS:
        assert counts[archetype.name] / len(population) == pytest.approx(archetype.share, abs=0.03)


def test_core_players_stay_longer_than_regulars_and_regulars_longer_than_tasters(
    population: Sequence[Visitor],
) -> None:
    def typical(name: str) -> float:
        counts = [len(each.visits) for each in population if each.player.archetype.name == name]
        return sum(counts) / len(counts)

    assert typical("core") > 2 * typical("regular") > 4 * typical("taster")


def test_half_are_treated_and_eased_only_after_three_losses(
    population: Sequence[Visitor],
) -> None:
    treated = [visitor for visitor in population if visitor.player.treated]
    assert len(treated) / len(population) == pytest.approx(0.5, abs=0.03)
    assert all(is_treated(visitor.player.id) for visitor in treated)
    eased = 0
    for visitor in population:
        streak = 0
        for match in (match for visit in visitor.visits for match in visit.session.matches):
            assert match.eased == (EASED_LOGITS if visitor.player.treated and streak >= 3 else 0.0)
            eased += match.eased > 0
            streak = 0 if match.decision.won else streak + 1
    assert eased > 100


def test_easing_changes_the_log_odds_by_the_stated_amount() -> None:
    rng = Random(1)
    won = {
        ease: sum(referee().decide(23, skill=1.0, ease=ease, rng=rng).won for _ in range(20_000))
        for ease in (0.0, EASED_LOGITS)
    }
    plain, eased = (count / 20_000 for count in won.values())
    assert logit(eased) - logit(plain) == pytest.approx(EASED_LOGITS, abs=0.1)


def test_skill_grows_with_play() -> None:
    player = draw_player(Random(1), VISITORS)
    assert player.skill(0) == player.theta
    assert player.skill(10) < player.skill(100)


def test_days_between_sessions_have_the_archetypes_median() -> None:
    rng = Random(1)
    for archetype in VISITORS:
        gaps = sorted(days_until_next(rng, archetype) for _ in range(4001))
        assert gaps[2000] == pytest.approx(archetype.gap_days, rel=0.1)


def test_after_the_last_level_players_repeat_it_and_leave_more_easily() -> None:
    career = Career(draw_player(Random(1), VISITORS), Random(1), level=LEVELS + 1)
    session = career.session(referee())
    assert {match.level for match in session.matches} == {LEVELS}
    assert career.level == LEVELS + 1
    fresh = Career(career.player, Random(1), level=1)
    assert session.chance_of_leaving > fresh.session(Referee(Odds({}, 0.0), maps=MAPS)).chance_of_leaving


def test_levels_get_harder_and_cycle_through_the_maps() -> None:
    plain = [difficulty(level) for level in range(1, LEVELS + 1) if level not in {8, 15, 23}]
    assert plain == sorted(plain)
    assert difficulty(8) - difficulty(9) == pytest.approx(1.2 - 0.06)
    assert difficulty(LEVELS + 5) == difficulty(LEVELS)
    assert [map_number(level, maps=3) for level in (1, 2, 3, 4)] == [0, 1, 2, 0]


def test_sessions_start_on_their_day_and_in_order() -> None:
    starts = [session_start(START, step / 997) for step in range(5 * 997)]
    assert starts == sorted(starts)
    assert all((each - START).days == step // 997 for step, each in enumerate(starts))
    evenings = sum(17 <= each.hour < 23 for each in starts) / len(starts)
    assert evenings == pytest.approx(0.55, abs=0.01)


def test_a_player_is_never_in_two_sessions_at_once(population: Sequence[Visitor]) -> None:
    for visitor in population:
        ends = START
        for visit in visitor.visits:
            assert visit.at >= ends
            ends = visit.at + timedelta(seconds=visit.session.seconds)


def test_adding_a_player_does_not_change_the_others() -> None:
    few, more = (
        list(visitors(7, count=count, start=START, days=90, referee=referee())) for count in (20, 21)
    )
    assert [(each.player, each.visits) for each in few] == [(each.player, each.visits) for each in more[:20]]


def test_a_record_is_used_once_for_a_player_of_similar_skill() -> None:
    played = record(level=1, skill=0.4, won=True)
    referee_with_records = Referee(REFERENCE, maps=MAPS, records=[played])
    rng = Random(1)
    far = [referee_with_records.decide(1, skill=2.0, ease=0.0, rng=rng) for _ in range(200)]
    eased = [referee_with_records.decide(1, skill=0.5, ease=0.8, rng=rng) for _ in range(200)]
    unrecorded = [
        referee_with_records.decide(1, skill=0.5, ease=0.0, rng=rng, recorded=False) for _ in range(200)
    ]
    assert not any(each.record for each in [*far, *eased, *unrecorded])
    near = [referee_with_records.decide(1, skill=0.5, ease=0.0, rng=rng) for _ in range(200)]
    (taken,) = [each for each in near if each.record is not None]
    assert (taken.record, taken.won, taken.seconds) == (played, True, played.seconds)


def test_match_length_follows_the_records_of_the_map() -> None:
    records = [record(level=1, map_id=MAPS[0], won=True, ticks=ticks) for ticks in (3_000, 30_000, 60_000)]
    referee_with_records = Referee(Odds({}, 0.0), maps=MAPS, records=records)
    rng = Random(1)
    won = sorted(
        decision.seconds
        for _ in range(2000)
        if (decision := referee_with_records.decide(1, skill=9.0, ease=0.0, rng=rng, recorded=False)).won
    )
    assert won[len(won) // 2] == pytest.approx(1_000, rel=0.05)
