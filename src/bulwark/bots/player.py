"""A bot that plays a whole match by commands, as a player would; how well is its skill.

Its only randomness comes from the seed, by `random()` alone, and its arithmetic is addition to division: the same
arguments give the same match on every machine and engine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from bulwark.bots.deciding import EVERY_KIND, Decider
from bulwark.bots.moments import Diary, Moment, TowerBuilt, TowerSold, TowerUpgraded, WaveCleared
from bulwark.errors import BulwarkError
from bulwark.sim.engine import INTERPRETED, Engine
from bulwark.sim.layout import score
from bulwark.sim.maps import Map
from bulwark.sim.match import Match

_LONGEST = 100_000  # ticks: nearly an hour; no match comes near


class PlayedMatch(NamedTuple):
    """How a match went, and what was of note in it, in its order."""

    won: bool
    waves_cleared: int
    waves: int
    ticks: int
    towers_built: int
    towers_sold: int
    upgrades: int
    lives_left: int
    lives: int
    state_hash: str
    moments: Sequence[Moment]


def play(
    game_map: Map,
    *,
    seed: int,
    skill: float,
    ease: float = 0.0,
    difficulty: int = 1,
    engine: Engine = INTERPRETED,
    kinds: Sequence[int] = EVERY_KIND,
    tell: Callable[[Moment], None] | None = None,
) -> PlayedMatch:
    """Play a match to its end. `tell` is given each moment when it happens.

    `skill` is 0 to 1. `ease` makes the match easier by about so many logits of the win odds; `kinds` are the towers
    that the bot may build. Raises BulwarkError where a match does not end, which would be a fault of the core.
    """
    hp_percent = eased_hp_percent(ease)
    match = Match.begin(game_map, seed=seed, difficulty=difficulty, hp_percent=hp_percent, engine=engine)
    lives = match.lives
    diary = Diary(match, tell=tell)
    decider = Decider(match, seed=seed, skill=skill, kinds=kinds, engine=engine)
    while match.outcome == score.PLAYING:
        command = decider.decide() if match.tick >= decider.due else None
        if not diary.step(command) and command is not None:
            decider.refused(command)
        if match.tick > _LONGEST:
            what = f"A match on {game_map.id} with seed {seed} does not end."
            raise BulwarkError(what, hint="Report it: creeps are stuck.")
    return PlayedMatch(
        won=match.outcome == score.WON,
        waves_cleared=diary.count(WaveCleared),
        waves=match.wave_count,
        ticks=match.tick,
        towers_built=diary.count(TowerBuilt),
        towers_sold=diary.count(TowerSold),
        upgrades=diary.count(TowerUpgraded),
        lives_left=match.lives,
        lives=lives,
        state_hash=match.state_hash(),
        moments=tuple(diary.moments),
    )


def eased_hp_percent(ease: float) -> int:
    """The creeps' hit points in percent for a match that is easier by so many logits, -4 to 4."""
    return round(100.0 - 10.0 * min(max(ease, -4.0), 4.0))
