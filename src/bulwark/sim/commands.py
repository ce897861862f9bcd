"""What a player may say to a match, and why it may be refused."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple, TypeAlias

from bulwark.errors import SaveError


class Build(NamedTuple):
    """A tower of `kind` at a column and row of the map."""

    kind: int
    column: int
    row: int


class Upgrade(NamedTuple):
    """The next variant of a tower; `branch` 0 or 1 where there are two."""

    uid: int
    branch: int = 0


class Sell(NamedTuple):
    """A tower back into gold, at its refund."""

    uid: int


class Target(NamedTuple):
    """Whom a tower prefers: an index into rules.TARGETINGS."""

    uid: int
    mode: int


class StartWave(NamedTuple):
    """The next wave, now; a second of the countdown left is a piece of gold."""


class AutoStart(NamedTuple):
    """Whether each wave begins by itself a while after the last was cleared."""

    on: int


Command: TypeAlias = Build | Upgrade | Sell | Target | StartWave | AutoStart
# Their numbers in a replay: added to, never changed.
KINDS: Sequence[type[Command]] = (Build, Upgrade, Sell, Target, StartWave, AutoStart)


class Reason(Enum):
    """Why a command is refused, in words for the player."""

    OVER = "The match is over."
    NO_SUCH_KIND = "There is no such tower."
    OUTSIDE = "That is outside the map."
    NOT_BUILDABLE = "Nothing can be built there."
    TAKEN = "A tower stands there."
    CREEP_THERE = "A creep stands there."
    CLOSES_THE_WAY = "That would close the last way."
    LOCKS_IN = "That would lock a creep in."
    TOO_DEAR = "There is not enough gold."
    NO_SUCH_TOWER = "That tower is gone."
    AT_THE_TOP = "It cannot be upgraded further."
    NO_SUCH_BRANCH = "There is no such branch."
    NO_SUCH_MODE = "There is no such way of targeting."
    NO_MORE_WAVES = "The last wave has begun."
    NO_MORE_ROOM = "No more towers fit."


class Refusal(NamedTuple):
    """A command that was not carried out, and why."""

    command: Command
    reason: Reason


def encode(command: Command) -> list[int]:
    """A command as the numbers of a replay."""
    return [KINDS.index(type(command)), *command]


def decode(numbers: Sequence[int]) -> Command:
    """The command of such numbers. Raises SaveError where they are none."""
    match numbers:
        case [int(kind), *fields] if 0 <= kind < len(KINDS) and all(type(field) is int for field in fields):
            made = KINDS[kind]
            if len(fields) == len(made._fields):
                return made(*fields)
    raise SaveError(f"No command: {list(numbers)!r}.", hint="The replay is damaged, or of a newer release.")
