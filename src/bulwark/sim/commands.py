"""The commands a player can give, and why a command may be refused."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple, TypeAlias

from bulwark.errors import SaveError


class Build(NamedTuple):
    """Build a tower of `kind` at a column and row of the map."""

    kind: int
    column: int
    row: int


class Upgrade(NamedTuple):
    """Upgrade a tower to its next variant; `branch` is 0 or 1 if there are two."""

    uid: int
    branch: int = 0


class Sell(NamedTuple):
    """Sell a tower for its refund."""

    uid: int


class Target(NamedTuple):
    """Set which creep a tower prefers: an index into rules.TARGETINGS."""

    uid: int
    mode: int


class StartWave(NamedTuple):
    """Start the next wave now; each second left of the break earns one gold, all of it while a wave runs."""


class AutoStart(NamedTuple):
    """Whether each wave starts by itself some time after the previous one is cleared."""

    on: int


class SetConstant(NamedTuple):
    """Set a physical constant, by layout.physics; from then on the result of the match does not count."""

    constant: int
    value: int


Command: TypeAlias = Build | Upgrade | Sell | Target | StartWave | AutoStart | SetConstant
# A command's index here is its number in a replay: append only.
KINDS: Sequence[type[Command]] = (Build, Upgrade, Sell, Target, StartWave, AutoStart, SetConstant)


class Reason(Enum):
    """Why a command is refused, as shown to the player."""

    MATCH_OVER = "The match is over."
    UNKNOWN_KIND = "There is no such tower."
    OUTSIDE = "That is outside the map."
    NOT_BUILDABLE = "Nothing can be built there."
    OCCUPIED = "There is already a tower here."
    CREEP_THERE = "A creep is in the way."
    BLOCKS_PATH = "That would block the last path."
    CREEPS_COMING = "Creeps are on their way through here."
    TOO_EXPENSIVE = "Not enough gold."
    TOWER_GONE = "That tower is gone."
    FULLY_UPGRADED = "It is fully upgraded."
    UNKNOWN_BRANCH = "There is no such branch."
    UNKNOWN_TARGETING = "There is no such targeting mode."
    NO_MORE_WAVES = "There are no more waves."
    UNKNOWN_CONSTANT = "There is no such constant."
    OUT_OF_BOUNDS = "No match can be played with that value."
    TOO_MANY_TOWERS = "No more towers can be built."


class Refusal(NamedTuple):
    """A command that was not executed, and why."""

    command: Command
    reason: Reason


def encode(command: Command) -> list[int]:
    """A command as the numbers of a replay."""
    return [KINDS.index(type(command)), *command]


def decode(numbers: Sequence[int]) -> Command:
    """The command encoded by these numbers. Raises SaveError if they are not a command."""
    match numbers:
        case [int(kind), *fields] if 0 <= kind < len(KINDS) and all(type(field) is int for field in fields):
            command_type = KINDS[kind]
            if len(fields) == len(command_type._fields):
                return command_type(*fields)
    raise SaveError(
        f"Not a command: {list(numbers)!r}.", hint="The replay is damaged, or from a newer release."
    )
