"""Bots play the matches the odds are fitted on: matches like those a population would play."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from random import Random

from bulwark.bots.player import play
from bulwark.bots.population.archetypes import SUBSCRIBERS, VISITORS, draw_player
from bulwark.bots.population.career import Career, CareerMatch
from bulwark.bots.population.levels import difficulty
from bulwark.bots.population.logistic import sigmoid
from bulwark.bots.population.odds import REFERENCE
from bulwark.bots.population.records import Record
from bulwark.bots.population.referee import Referee
from bulwark.sim.maps import Map
from bulwark.sim.match import CORE_VERSION

# How many matches are simulated for each one that is played.
_CANDIDATES = 20
_SEED_BITS = 31
_PLACES = 3


@dataclass(frozen=True, slots=True)
class MatchSetup:
    """A match to be played."""

    level: int
    skill: float
    ease: float
    seed: int
    map: Map


def draw_setups(count: int, *, seed: int, maps: Sequence[Map]) -> list[MatchSetup]:
    """`count` matches such as a population plays by the reference odds: most on early levels, some eased."""
    rng = Random(f"{seed}/records")  # noqa: S311  a simulation, not a secret
    referee = Referee(REFERENCE, maps=[each.id for each in maps])
    by_id = {each.id: each for each in maps}
    simulated: list[CareerMatch] = []
    while len(simulated) < _CANDIDATES * count:
        career = Career(draw_player(rng, [*VISITORS, *SUBSCRIBERS]), rng)
        leaves = False
        while not leaves:
            session = career.session(referee)
            simulated += session.matches
            leaves = session.leaves
    return [
        MatchSetup(
            match.level,
            round(match.skill, _PLACES),
            match.eased,
            rng.getrandbits(_SEED_BITS),
            by_id[match.decision.map],
        )
        for match in rng.sample(simulated, count)
    ]


def play_setup(setup: MatchSetup) -> Record:
    """Let a bot play the match with the setup's skill, against creeps as tough as the level is hard."""
    level, skill, ease = setup.level, setup.skill, setup.ease
    result = play(setup.map, seed=setup.seed, skill=sigmoid(skill), ease=ease - difficulty(level))
    return Record(
        level=level,
        map=setup.map.id,
        map_digest=setup.map.digest,
        core=CORE_VERSION,
        skill=skill,
        ease=ease,
        seed=setup.seed,
        won=result.won,
        waves_cleared=result.waves_cleared,
        ticks=result.ticks,
        towers_built=result.towers_built,
        towers_sold=result.towers_sold,
        lives_left=result.lives_left,
        state_hash=result.state_hash,
    )


def play_matches(count: int, *, seed: int, maps: Sequence[Map], processes: int) -> Iterator[Record]:
    """Play the matches on several processes, and yield each record in order."""
    setups = draw_setups(count, seed=seed, maps=maps)
    if processes == 1 or count <= 1:
        yield from map(play_setup, setups)
        return
    with ProcessPoolExecutor(processes) as pool:
        yield from pool.map(play_setup, setups)
