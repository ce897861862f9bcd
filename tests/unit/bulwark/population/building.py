"""Records of matches for tests of the population."""

from __future__ import annotations

from bulwark.bots.population.records import Record
from bulwark.sim.match import CORE_VERSION

MAPS = ["meadow", "ford", "canyon"]


def record(
    *,
    level: int = 1,
    map_id: str = MAPS[0],
    skill: float = 0.0,
    won: bool = True,
    ticks: int = 9_000,
    seed: int = 1,
) -> Record:
    return Record(
        level=level,
        map=map_id,
        map_digest="0" * 16,
        core=CORE_VERSION,
        skill=skill,
        ease=0.0,
        seed=seed,
        won=won,
        waves_cleared=10,
        ticks=ticks,
        towers_built=12,
        towers_sold=1,
        lives_left=9 if won else 0,
        state_hash="0" * 16,
    )
