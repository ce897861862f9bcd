"""The state as bytes: what is compared between two machines, and what is saved."""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from zlib import crc32

from bulwark.sim.layout import creep, group, score, shell, tower
from bulwark.sim.world import World

# Column names by table.
NAMES: Mapping[str, Sequence[str]] = {
    "creeps": creep.NAMES, "towers": tower.NAMES, "shells": shell.NAMES, "groups": group.NAMES,
}  # fmt: skip


def columns(world: World) -> Iterator[tuple[str, Sequence[int]]]:
    """Every column of the state with its name, in a fixed order, up to its filled length."""
    yield "score", world.score[: len(score.NAMES)]
    yield "physics", world.physics
    tables = (
        ("creeps", creep.NAMES, world.creeps, world.score[score.CREEPS]),
        ("towers", tower.NAMES, world.towers, world.score[score.TOWERS]),
        ("shells", shell.NAMES, world.shells, world.score[score.SHELLS]),
    )
    for table, names, rows, count in tables:
        for number, name in enumerate(names):
            yield f"{table}.{name}", rows[number][:count]
    for number in (group.SPAWNED, group.STARTED):
        yield f"groups.{group.NAMES[number]}", world.groups[number]


def state_hash(world: World) -> str:
    """16 hexadecimal digits of the whole state."""
    total = blake2b(digest_size=8)
    for name, column in columns(world):
        total.update(name.encode())
        total.update(_bytes(column))
    return total.hexdigest()


def column_hashes(world: World) -> Mapping[str, str]:
    """8 hexadecimal digits per column, and per number of the score."""
    tables = {name: f"{crc32(_bytes(column)):08x}" for name, column in columns(world) if name != "score"}
    numbers = zip(score.NAMES, world.score, strict=False)
    return {f"score.{name}": f"{crc32(_bytes([number])):08x}" for name, number in numbers} | tables


def _bytes(column: Sequence[int]) -> bytes:
    numbers = array("q", column)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()
