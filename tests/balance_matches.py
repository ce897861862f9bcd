"""The matches that the game's balance is judged by: bots of three skills on every map, with the compiled engine.

Recorded again by `python -m tests.balance_matches > tests/balance.json`, in about a minute, after a change of the rules, the
waves, the maps or the bots.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import msgspec

import bulwark.assets
from bulwark.assets.tiled import read_tiled_map
from bulwark.bots.match_log import TowerBuilt
from bulwark.bots.player import MatchResult, play
from bulwark.sim.engine import INTERPRETED, Engine
from bulwark.sim.maps import Map

EASY, NORMAL, HARD = range(3)
POOR, AVERAGE, GOOD = 0.1, 0.5, 0.9
FILE = Path(__file__).with_name("balance.json")


class Setting(msgspec.Struct, frozen=True):
    """The map, the skill of the bot, the difficulty and the seed of a match."""

    map: str
    skill: float
    difficulty: int
    seed: int


class Trial(msgspec.Struct, frozen=True):
    """A match, and how it ended; `kinds` are the kinds of towers that were built."""

    setting: Setting
    won: bool
    waves_cleared: int
    waves: int
    lives_left: int
    lives: int
    ticks: int
    kinds: Sequence[int]
    state_hash: str

    @property
    def progress(self) -> float:
        """Finer than won or lost: the share of waves cleared plus the share of lives left."""
        return self.waves_cleared / self.waves + self.lives_left / self.lives


@cache
def maps() -> Sequence[Map]:
    """The maps of the game in their order."""
    files = (Path(bulwark.assets.__file__).parent / "maps").glob("*.tmx")
    return sorted((read_tiled_map(file).map for file in files), key=lambda each: each.order)


def settings() -> Iterator[Setting]:
    """Four matches of each skill on each map on normal, three of the average one on easy and on hard."""
    for game_map in maps():
        for skill in (POOR, AVERAGE, GOOD):
            yield from (Setting(game_map.id, skill, NORMAL, seed) for seed in range(4))
        for difficulty in (EASY, HARD):
            yield from (Setting(game_map.id, AVERAGE, difficulty, seed) for seed in range(3))


def play_trial(setting: Setting, *, engine: Engine = INTERPRETED) -> Trial:
    """Play one of them."""
    game_map = next(each for each in maps() if each.id == setting.map)
    result = play(
        game_map, seed=setting.seed, skill=setting.skill, difficulty=setting.difficulty, engine=engine
    )
    return _trial(setting, result)


def recorded() -> Sequence[Trial]:
    """What was played last."""
    return msgspec.json.decode(FILE.read_bytes(), type=list[Trial])


def _trial(setting: Setting, result: MatchResult) -> Trial:
    return Trial(
        setting=setting,
        won=result.won,
        waves_cleared=result.waves_cleared,
        waves=result.waves,
        lives_left=result.lives_left,
        lives=result.lives,
        ticks=result.ticks,
        kinds=sorted({entry.kind for entry in result.log if isinstance(entry, TowerBuilt)}),
        state_hash=result.state_hash,
    )


if __name__ == "__main__":
    from bulwark.compiled import compiled

    lines = (msgspec.json.encode(play_trial(each, engine=compiled())).decode() for each in settings())
    sys.stdout.write("[\n" + ",\n".join(lines) + "\n]\n")
