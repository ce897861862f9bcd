"""Letting bots play the matches that the odds are fitted on: such as a population would play."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from random import Random

from bulwark.bots.player import play
from bulwark.bots.population.archetypes import SUBSCRIBERS, VISITORS, draw_player
from bulwark.bots.population.career import Career, MatchPlayed
from bulwark.bots.population.levels import difficulty
from bulwark.bots.population.logistic import sigmoid
from bulwark.bots.population.odds import REFERENCE
from bulwark.bots.population.records import Record
from bulwark.bots.population.referee import Referee
from bulwark.sim.maps import Map
from bulwark.sim.match import CORE_VERSION

# So many matches are imagined for each that is played.
_CANDIDATES = 20
_SEED_BITS = 31
_PLACES = 3


@dataclass(frozen=True, slots=True)
class Setting:
    """A match to be played."""

    level: int
    skill: float
    ease: float
    seed: int
    map: Map


def settings(count: int, *, seed: int, maps: Sequence[Map]) -> list[Setting]:
    """`count` matches such as a population plays by the reference odds: most on early levels, some eased."""
    rng = Random(f"{seed}/records")  # noqa: S311  a simulation, not a secret
    referee = Referee(REFERENCE, maps=[each.id for each in maps])
    by_id = {each.id: each for each in maps}
    imagined: list[MatchPlayed] = []
    while len(imagined) < _CANDIDATES * count:
        career = Career(draw_player(rng, [*VISITORS, *SUBSCRIBERS]), rng)
        leaves = False
        while not leaves:
            session = career.session(referee)
            imagined += session.matches
            leaves = session.leaves
    return [
        Setting(
            match.level,
            round(match.skill, _PLACES),
            match.eased,
            rng.getrandbits(_SEED_BITS),
            by_id[match.decision.map],
        )
        for match in rng.sample(imagined, count)
    ]


def record(setting: Setting) -> Record:
    """Let a bot play the match; it plays with the setting's skill, and creeps as tough as the level is hard."""
    level, skill, ease = setting.level, setting.skill, setting.ease
    went = play(setting.map, seed=setting.seed, skill=sigmoid(skill), ease=ease - difficulty(level))
    return Record(
        level=level,
        map=setting.map.id,
        map_digest=setting.map.digest,
        core=CORE_VERSION,
        skill=skill,
        ease=ease,
        seed=setting.seed,
        won=went.won,
        waves_cleared=went.waves_cleared,
        ticks=went.ticks,
        towers_built=went.towers_built,
        towers_sold=went.towers_sold,
        lives_left=went.lives_left,
        state_hash=went.state_hash,
    )


def played(count: int, *, seed: int, maps: Sequence[Map], processes: int) -> Iterator[Record]:
    """Play them on so many processes, and give each when it and those before it are done."""
    waiting = settings(count, seed=seed, maps=maps)
    if processes == 1 or count <= 1:
        yield from map(record, waiting)
        return
    with ProcessPoolExecutor(processes) as pool:
        yield from pool.map(record, waiting)
