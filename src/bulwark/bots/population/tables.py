"""The players table beside the events: what was drawn for each player, and the result."""

from __future__ import annotations

from collections.abc import Sequence

from bulwark.bots.population.archetypes import Player
from bulwark.bots.population.career import Career

PLAYER_COLUMNS = (
    "player_id", "archetype", "skill", "growth", "persistence", "treated", "sessions", "matches", "level",
    "has_left", "synthetic",
)  # fmt: skip


def player_cells(player: Player, career: Career, *, sessions: int, has_left: bool) -> Sequence[object]:
    """One player's cells, in the order of PLAYER_COLUMNS."""
    return (
        player.id,
        player.archetype.name,
        f"{player.theta:.3f}",
        f"{player.growth:.3f}",
        player.persistence,
        truth(player.treated),
        sessions,
        career.matches,
        career.level,
        truth(has_left),
        truth(True),  # noqa: FBT003  the column is the same in every row
    )


def truth(value: bool) -> str:  # noqa: FBT001  it is the value that is written
    """A boolean as the tables write it."""
    return str(value).lower()
