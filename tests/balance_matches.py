"""The matches that the game's balance is judged by: bots of three skills on every map, and players with one idea each.

Recorded again by `python -m tests.balance_matches > tests/balance.json`, in about a minute with the compiled engine, after a
change of the rules, the waves, the maps or the bots.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import product
from pathlib import Path

import msgspec

import bulwark.assets
from bulwark.assets.tiled import read_tiled_map
from bulwark.bots.match_log import TowerBuilt
from bulwark.bots.player import MatchResult, play
from bulwark.sim import rules
from bulwark.sim.commands import Build
from bulwark.sim.engine import INTERPRETED, Engine
from bulwark.sim.layout import score
from bulwark.sim.maps import Map
from bulwark.sim.match import Match
from tests.balance_players import BesidePlayer, DoorsPlayer, Player

EASY, NORMAL, HARD = range(3)
POOR, AVERAGE, GOOD = 0.1, 0.5, 0.9
BOT, BESIDE, DOORS, JUGGLER = "bot", "beside", "doors", "juggler"
FILE = Path(__file__).with_name("balance.json")


class Setting(msgspec.Struct, frozen=True, omit_defaults=True):
    """A match and its player: a bot of some skill, or one of `tests.balance_players`."""

    map: str
    difficulty: int
    seed: int
    skill: float = 0.0
    player: str = BOT
    hp_percent: int = 100


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
    """Those of the bots on every map, and those of the other players on the maps that their idea is for."""
    for game_map in maps():
        for skill in (POOR, AVERAGE, GOOD):
            yield from (Setting(game_map.id, NORMAL, seed, skill=skill) for seed in range(4))
        for difficulty in (EASY, HARD):
            yield from (Setting(game_map.id, difficulty, seed, skill=AVERAGE) for seed in range(3))
    for name, difficulty in product(("meadow", "ford"), (EASY, NORMAL)):
        yield from (Setting(name, difficulty, seed, player=BESIDE) for seed in range(10))
    # Creeps so weak that one wall stops about half of them.
    for name, (difficulty, hp), player in product(
        ("meadow", "quarry"), ((EASY, 80), (NORMAL, 65)), (DOORS, JUGGLER)
    ):
        yield from (Setting(name, difficulty, seed, player=player, hp_percent=hp) for seed in range(3))


def play_trial(setting: Setting, *, engine: Engine = INTERPRETED) -> Trial:
    """Play one of them."""
    game_map = next(each for each in maps() if each.id == setting.map)
    if setting.player != BOT:
        return _played_by_idea(setting, game_map, engine=engine)
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


def _played_by_idea(setting: Setting, game_map: Map, *, engine: Engine) -> Trial:
    match = Match.begin(
        game_map,
        seed=setting.seed,
        difficulty=setting.difficulty,
        hp_percent=setting.hp_percent,
        engine=engine,
    )
    lives, kinds = match.lives, [False] * len(rules.TOWERS)
    player = _player(setting, match)
    while match.outcome == score.PLAYING:
        commands = player.commands()
        match.step(commands)
        for command in commands:
            if isinstance(command, Build):
                kinds[command.kind] = True
    return Trial(
        setting=setting,
        won=match.outcome == score.WON,
        waves_cleared=int(match.world.score[score.CLEARED]),
        waves=match.wave_count,
        lives_left=match.lives,
        lives=lives,
        ticks=match.tick,
        kinds=[kind for kind, built in enumerate(kinds) if built],
        state_hash=match.state_hash(),
    )


def _player(setting: Setting, match: Match) -> Player:
    if setting.player == BESIDE:
        return BesidePlayer(match, seed=setting.seed)
    return DoorsPlayer(match, seed=setting.seed, juggles=setting.player == JUGGLER)


if __name__ == "__main__":
    from bulwark.compiled import compiled

    lines = (msgspec.json.encode(play_trial(each, engine=compiled())).decode() for each in settings())
    sys.stdout.write("[\n" + ",\n".join(lines) + "\n]\n")
