"""The record of a match: what it began with and every command since, which is enough to play it again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from bulwark.errors import SaveError
from bulwark.sim import rules
from bulwark.sim.commands import Command, decode, encode

TICKS = (0, 1 << 30)
MAX_COMMANDS_PER_TICK = 1_000  # each may take a search for a path
_DAMAGED = "The file is damaged."
BEGINNING: Mapping[str, tuple[int, int]] = {
    "seed": (-(1 << 63), 1 << 63),
    "difficulty": (0, len(rules.DIFFICULTIES) - 1),
    "hp_percent": (1, 10_000),
}


class Record(NamedTuple):
    """What a match began with, and its commands with the ticks they were given at."""

    seed: int
    difficulty: int
    hp_percent: int
    commands: Sequence[tuple[int, Command]]


def to_document(record: Record) -> dict[str, Any]:
    """The record as JSON has it."""
    return record._asdict() | {"commands": write_commands(record.commands)}


def write_commands(commands: Sequence[tuple[int, Command]]) -> list[list[int]]:
    """Commands as numbers, each behind its tick."""
    return [[tick, *encode(command)] for tick, command in commands]


def from_document(document: object) -> Record:
    """The record in a document. Raises SaveError naming the field that is wrong."""
    if not isinstance(document, dict) or document.keys() != set(Record._fields):
        raise wrong("record", f"a document of {', '.join(Record._fields)}")
    return Record(
        **{name: number(document[name], name, bounds=bounds) for name, bounds in BEGINNING.items()},
        commands=read_commands(document["commands"]),
    )


def read_commands(value: object) -> list[tuple[int, Command]]:
    """Commands with their ticks. Raises SaveError, also if there are more in one tick than anybody gives."""
    commands = [_command(numbers) for numbers in listed(value, "commands")]
    fullest = max(Counter(tick for tick, _ in commands).values(), default=0)
    if fullest > MAX_COMMANDS_PER_TICK:
        raise SaveError(
            f"The file has {fullest:,} commands in one tick, more than {MAX_COMMANDS_PER_TICK:,}.",
            hint=_DAMAGED,
        )
    return commands


def _command(numbers: object) -> tuple[int, Command]:
    tick, *rest = listed(numbers, "commands[]") or [None]
    return number(tick, "commands[].tick", bounds=TICKS), decode(rest)


def number(value: object, name: str, *, bounds: tuple[int, int]) -> int:
    """The value if it is a whole number within the bounds. Raises SaveError."""
    low, high = bounds
    if type(value) is not int or not low <= value <= high:
        raise wrong(name, f"a number from {low} to {high}")
    return value


def listed(value: object, name: str) -> list[Any]:
    """The value if it is a list. Raises SaveError."""
    if not isinstance(value, list):
        raise wrong(name, "a list")
    return value


def wrong(name: str, wanted: str) -> SaveError:
    """The error for a field that is not what it should be."""
    return SaveError(f"The file's `{name}` is not {wanted}.", hint=_DAMAGED)
