"""A bot that plays a whole match by commands, like a player; its skill says how well.

Its only randomness comes from the seed, through `random()` alone, and its arithmetic is limited to the four basic
operations: the same arguments give the same match on every machine and engine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from bulwark.bots.decider import EVERY_KIND, Decider
from bulwark.bots.match_log import LogEntry, MatchLog, TowerBuilt, TowerSold, TowerUpgraded, WaveCleared
from bulwark.errors import BulwarkError
from bulwark.sim.engine import INTERPRETED, Engine
from bulwark.sim.layout import score
from bulwark.sim.maps import Map
from bulwark.sim.match import Match

_MAX_TICKS = 100_000  # ticks: nearly an hour; no match comes close


class MatchResult(NamedTuple):
    """How a match went, and its notable events in order."""

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
    log: Sequence[LogEntry]


def play(
    game_map: Map,
    *,
    seed: int,
    skill: float,
    ease: float = 0.0,
    difficulty: int = 1,
    engine: Engine = INTERPRETED,
    kinds: Sequence[int] = EVERY_KIND,
    on_entry: Callable[[LogEntry], None] | None = None,
) -> MatchResult:
    """Play a match to its end. `on_entry` receives each log entry when it happens.

    `skill` is 0 to 1. `ease` makes the match easier by about that many logits of the win odds; `kinds` are the towers the
    bot may build. Raises BulwarkError if a match does not end, which would be a bug in the core.
    """
    hp_percent = eased_hp_percent(ease)
    match = Match.begin(game_map, seed=seed, difficulty=difficulty, hp_percent=hp_percent, engine=engine)
    lives = match.lives
    log = MatchLog(match, on_entry=on_entry)
    decider = Decider(match, seed=seed, skill=skill, kinds=kinds, engine=engine)
    while match.outcome == score.PLAYING:
        command = decider.decide() if match.tick >= decider.next_tick else None
        if not log.step(command) and command is not None:
            decider.on_refusal(command)
        if match.tick > _MAX_TICKS:
            what = f"A match on {game_map.id} with seed {seed} does not end."
            raise BulwarkError(what, hint="Please report it: creeps are stuck.")
    return MatchResult(
        won=match.outcome == score.WON,
        waves_cleared=log.count(WaveCleared),
        waves=match.wave_count,
        ticks=match.tick,
        towers_built=log.count(TowerBuilt),
        towers_sold=log.count(TowerSold),
        upgrades=log.count(TowerUpgraded),
        lives_left=match.lives,
        lives=lives,
        state_hash=match.state_hash(),
        log=tuple(log.entries),
    )


def eased_hp_percent(ease: float) -> int:
    """The creeps' hit points in percent for a match that is easier by this many logits, -4 to 4."""
    return round(100.0 - 10.0 * min(max(ease, -4.0), 4.0))
