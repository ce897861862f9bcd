"""Saves as files: replaced in one step, with the one before kept as the last good checkpoint."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from bulwark.errors import SaveError
from bulwark.saves import matches
from bulwark.sim.engine import INTERPRETED, Engine
from bulwark.sim.maps import Map
from bulwark.sim.match import Match


def save_match(path: Path, match: Match) -> None:
    """Write the match to `path`; what was there is kept beside it. After a crash one of the two is whole."""
    write_whole(path, matches.to_bytes(match))


def load_match(path: Path, maps: Sequence[Map], *, engine: Engine = INTERPRETED) -> Match:
    """The match saved at `path`. Raises SaveError, whose hint names the last good checkpoint where there is one."""
    try:
        return matches.from_bytes(_read(path), maps, engine=engine)
    except SaveError as error:
        good = last_good(path, maps)
        if good is None:
            raise
        raise SaveError(
            f"{path.name}: {error.message}", hint=f"The checkpoint before it is whole: {good}"
        ) from error


def last_good(path: Path, maps: Sequence[Map]) -> Path | None:
    """The save before the one at `path`, if it can be read."""
    earlier = earlier_of(path)
    try:
        matches.from_bytes(_read(earlier), maps)
    except SaveError:
        return None
    return earlier


def earlier_of(path: Path) -> Path:
    """Where the save before the one at `path` is kept."""
    return path.with_name(f"{path.name}.last")


def write_whole(path: Path, data: bytes) -> None:
    """Replace the file at `path` by `data`, durably and in one step; what was there becomes the earlier one."""
    unfinished = path.with_name(f"{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with unfinished.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        if path.exists():
            path.replace(earlier_of(path))
        unfinished.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        hint = "Free space or choose another folder; the save before is untouched."
        raise SaveError(f"Cannot write {path}: {error.strerror}.", hint=hint) from error


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SaveError(f"Cannot read {path}: {error.strerror}.", hint="Is it the right file?") from error
