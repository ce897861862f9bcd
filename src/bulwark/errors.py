"""The game's errors: one small tree, each error with a hint on what to do next."""

from __future__ import annotations


class BulwarkError(Exception):
    """An error that the player or the calling program can do something about."""

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
    """A replay whose match diverged from the recorded one."""

    def __init__(self, message: str, *, tick: int, column: str) -> None:
        super().__init__(
            message, hint="It was recorded with another core or map, or this machine computes differently."
        )
        self.tick = tick
        self.column = column


class AssetError(BulwarkError):
    """A built asset that is missing or damaged, or a source that cannot be built."""


class TelemetryError(BulwarkError):
    """Events that can be neither sent nor stored."""
