"""What can go wrong around a match: one small tree, each error with a hint for what to do next."""

from __future__ import annotations


class BulwarkError(Exception):
    """Something that a player or a program around the game can do something about."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class MapError(BulwarkError):
    """A map that cannot be played."""


class SaveError(BulwarkError):
    """A saved match or a replay that cannot be read or written."""


class ReplayDiverged(SaveError):
    """A replay whose match went another way than the one that was recorded."""

    def __init__(self, message: str, *, tick: int, column: str) -> None:
        super().__init__(
            message, hint="It was recorded by another core, map or machine that computes otherwise."
        )
        self.tick = tick
        self.column = column


class AssetError(BulwarkError):
    """A built asset that is missing or damaged, or a source that cannot be built."""


class TelemetryError(BulwarkError):
    """Events that can be neither sent nor kept."""
