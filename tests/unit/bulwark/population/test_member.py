"""Paying players: they stop for a while, and most return."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random

from bulwark.bots.population.member import Member
from bulwark.bots.population.odds import REFERENCE
from bulwark.bots.population.referee import Referee
from tests.unit.bulwark.population.building import MAPS

EPOCH = datetime(2026, 7, 1, tzinfo=UTC)


def member(rng: Random) -> Member:
    return Member(rng, account_id="A-1", epoch=EPOCH, joins=0)


def test_most_members_who_stop_return_within_days() -> None:
    rng, away = Random(1), []
    for _ in range(400):
        stopped = member(rng)
        stopped.stop_playing(0)
        day = 0
        while stopped.is_away and day < 400:
            day += 1
            stopped.maybe_return(day, others_play=False)
        away.append(day)
    away.sort()
    assert away[len(away) // 2] <= 7
    assert away[int(0.95 * len(away))] > 14


def test_more_members_return_if_others_of_the_guild_play() -> None:
    def returned(*, others_play: bool) -> int:
        rng, count = Random(1), 0
        for _ in range(2_000):
            stopped = member(rng)
            stopped.stop_playing(0)
            stopped.maybe_return(5, others_play=others_play)
            count += not stopped.is_away
        return count

    assert returned(others_play=True) > 1.3 * returned(others_play=False)


def test_a_fork_lives_on_without_changing_the_original() -> None:
    referee = Referee(REFERENCE, maps=MAPS)
    original, untouched = member(Random(1)), member(Random(1))
    for day in range(5):
        for each in (original, untouched):
            list(each.play(day, referee, recorded=True))
    fork = original.fork(Random(2))
    for day in range(5, 60):
        list(fork.play(day, referee, recorded=False))
    assert fork.sessions > original.sessions == untouched.sessions
    later = [list(each.play(5, referee, recorded=True)) for each in (original, untouched)]
    assert later[0] == later[1]
