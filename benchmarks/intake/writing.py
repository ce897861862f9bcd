"""Ways to write lines, from the fastest to the safest."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import accumulate
from pathlib import Path

import msgspec

BLOCK = 1 << 20

Write = Callable[[Path, Sequence[bytes]], None]


class Way(msgspec.Struct, frozen=True):
    """A way to write; `syncs_each_line` if the full number of lines would take minutes, so fewer are used."""

    write: Write
    syncs_each_line: bool = False


def buffered(path: Path, lines: Sequence[bytes]) -> None:
    """The file object's own buffer, without any sync."""
    with path.open("wb") as file:
        for line in lines:
            file.write(line)


def flush_per_line(path: Path, lines: Sequence[bytes]) -> None:
    """Each line handed to the kernel, like the textbook loop."""
    with path.open("wb") as file:
        for line in lines:
            file.write(line)
            file.flush()


def sync_per_block(path: Path, lines: Sequence[bytes]) -> None:
    """A write and an fdatasync per megabyte: what intake does."""
    with _descriptor(path) as descriptor:
        for block in _blocks(lines):
            _write_all(descriptor, block)
            os.fdatasync(descriptor)


def synchronous_per_block(path: Path, lines: Sequence[bytes]) -> None:
    """The same with a file opened with O_DSYNC."""
    with _descriptor(path, os.O_DSYNC) as descriptor:
        for block in _blocks(lines):
            _write_all(descriptor, block)


def sync_per_line(path: Path, lines: Sequence[bytes]) -> None:
    """A write and an fdatasync per line."""
    with _descriptor(path) as descriptor:
        for line in lines:
            _write_all(descriptor, line)
            os.fdatasync(descriptor)


def synchronous_per_line(path: Path, lines: Sequence[bytes]) -> None:
    """Each line with a file opened with O_DSYNC."""
    with _descriptor(path, os.O_DSYNC) as descriptor:
        for line in lines:
            _write_all(descriptor, line)


WRITINGS: Mapping[str, Way] = {
    "buffered": Way(buffered),
    "flush per line": Way(flush_per_line),
    "write and fdatasync per MB": Way(sync_per_block),
    "O_DSYNC, write per MB": Way(synchronous_per_block),
    "write and fdatasync per line": Way(sync_per_line, syncs_each_line=True),
    "O_DSYNC, write per line": Way(synchronous_per_line, syncs_each_line=True),
}
CHOSEN_WRITING = "write and fdatasync per MB"


def _blocks(lines: Sequence[bytes]) -> Iterator[bytes]:
    """The lines in blocks of at least a megabyte, except the last."""
    start = begun = 0
    for index, end in enumerate(accumulate(map(len, lines))):
        if end - begun >= BLOCK:
            yield b"".join(lines[start : index + 1])
            start, begun = index + 1, end
    if start < len(lines):
        yield b"".join(lines[start:])


@contextmanager
def _descriptor(path: Path, flags: int = 0) -> Iterator[int]:
    descriptor = os.open(
        path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND | os.O_CLOEXEC | flags, 0o600
    )
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _write_all(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
