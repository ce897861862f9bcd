"""Saves as files: replaced atomically, with the previous one kept as a backup."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from bulwark.errors import SaveError
from bulwark.saves import matches
from bulwark.saves.matches import Saved
from bulwark.saves.record import Record
from bulwark.sim.engine import INTERPRETED, Engine
from bulwark.sim.maps import Map
from bulwark.sim.match import Match


def save_match(path: Path, match: Match, *, record: Record | None = None) -> None:
    """Write the match to `path` with its record, keeping the previous file beside it. After a crash one of the two is intact."""
    write_atomically(path, matches.to_bytes(match, record=record))


def load_match(path: Path, maps: Sequence[Map], *, engine: Engine = INTERPRETED) -> Match:
    """The match saved at `path`, without its record. Raises SaveError, as `load_saved` does."""
    return load_saved(path, maps, engine=engine).match


def load_saved(path: Path, maps: Sequence[Map], *, engine: Engine = INTERPRETED) -> Saved:
    """The match saved at `path`, and its record. Raises SaveError, whose hint names the intact backup if there is one."""
    try:
        return matches.read(read_file(path), maps, engine=engine)
    except SaveError as error:
        backup = good_backup(path, maps)
        if backup is None:
            raise
        raise SaveError(
            f"{path.name}: {error.message}", hint=f"The checkpoint before it is intact: {backup}"
        ) from error


def good_backup(path: Path, maps: Sequence[Map]) -> Path | None:
    """The backup of the save at `path`, if it can be read."""
    backup = backup_path(path)
    try:
        matches.from_bytes(read_file(backup), maps)
    except SaveError:
        return None
    return backup


def backup_path(path: Path) -> Path:
    """Where the previous version of `path` is kept."""
    return path.with_name(f"{path.name}.last")


def write_atomically(path: Path, data: bytes) -> None:
    """Replace the file at `path` with `data`, durably and atomically; the previous file becomes the backup."""
    unfinished = path.with_name(f"{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with unfinished.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        if path.exists():
            _back_up(path)
        unfinished.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        hint = "Free space or choose another folder; the previous save is untouched."
        raise SaveError(f"Cannot write {path}: {error.strerror}.", hint=hint) from error


def read_file(path: Path) -> bytes:
    """The content of a save or a replay. Raises SaveError if it cannot be read."""
    try:
        return path.read_bytes()
    except (OSError, ValueError) as error:  # a ValueError if the name has a NUL
        reason = getattr(error, "strerror", error)
        raise SaveError(f"Cannot read {path}: {reason}.", hint="Is it the right file?") from error


def _back_up(path: Path) -> None:
    """Make the file its own backup, without moving it: whenever the machine stops, there is a file at `path`."""
    copy = path.with_name(f"{path.name}.old")
    copy.unlink(missing_ok=True)
    try:
        copy.hardlink_to(path)
    except OSError:  # a file system without hard links
        shutil.copyfile(path, copy)
    copy.replace(backup_path(path))
    # Renaming does nothing if both are links to the same file already, after a crash at the next line.
    copy.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
