"""The matches a player has kept: one checkpoint and one quick save a map."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bulwark.desktop.profile.documents import unusable
from bulwark.desktop.profile.home import SUFFIX, Home
from bulwark.errors import SaveError
from bulwark.saves.files import backup_path, load_match
from bulwark.saves.matches import Saved
from bulwark.sim.layout import score
from bulwark.sim.maps import Map
from bulwark.sim.match import Match

_IDENTITY = (score.SEED, score.DIFFICULTY)


def is_same_match(one: Match, other: Match) -> bool:
    """Whether both began as the same match, whatever was done in them since."""
    numbers = [[int(match.world.score[column]) for column in _IDENTITY] for match in (one, other)]
    return one.game_map.id == other.game_map.id and numbers[0] == numbers[1]


def continues(later: Saved, earlier: Saved) -> bool:
    """Whether `later` has everything that was done in `earlier`; without records only if both are the same state."""
    if later.match.state_hash() == earlier.match.state_hash():
        return True
    if later.record is None or earlier.record is None or not is_same_match(later.match, earlier.match):
        return False
    until = earlier.match.tick
    if until > later.match.tick or later.record.hp_percent != earlier.record.hp_percent:
        return False
    before = [(tick, command) for tick, command in later.record.commands if tick < until]
    return before == list(earlier.record.commands)


def is_begun(match: Match) -> bool:
    """Whether the player has done anything in it."""
    return match.tower_count > 0 or match.wave > 0


def readable_match(path: Path, maps: Sequence[Map]) -> Match | None:
    """The match saved at `path`; None if there is none, or if it cannot be read."""
    try:
        return load_match(path, maps)
    except SaveError:
        return None


def kept_matches(home: Home, maps: Sequence[Map]) -> dict[str, Match | None]:
    """The match kept on each map that has one, the newest first; None stands for one that cannot be read."""
    paths = {each.id: home.checkpoint(each.id) for each in maps if home.checkpoint(each.id).exists()}
    newest = sorted(paths, key=lambda map_id: paths[map_id].stat().st_mtime, reverse=True)
    return {map_id: readable_match(paths[map_id], maps) for map_id in newest}


def adopt_single_saves(home: Home, maps: Sequence[Map]) -> None:
    """Rename the saves of a release that kept one match in all after their maps; unreadable ones stay where they are.

    Raises DesktopError if the folder cannot be written.
    """
    for name, target in (("checkpoint", home.checkpoint), ("quick", home.quick_save)):
        path = home.saves / f"{name}{SUFFIX}"
        match = readable_match(path, maps) or readable_match(backup_path(path), maps)
        if match is None or target(match.game_map.id).exists():
            continue
        try:
            _rename_with_backup(path, target(match.game_map.id))
        except OSError as error:
            raise unusable(path, error) from error


def _rename_with_backup(path: Path, to: Path) -> None:
    for before, after in ((path, to), (backup_path(path), backup_path(to))):
        if before.exists():
            before.replace(after)


def free_path(folder: Path, name: str) -> Path:
    """A path in the folder that no file has yet: NAME.bulwark, or NAME-2.bulwark, ..."""
    path, number = folder / f"{name}{SUFFIX}", 1
    while path.exists():
        number += 1
        path = folder / f"{name}-{number}{SUFFIX}"
    return path
