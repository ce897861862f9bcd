"""Ways to read a file of lines, each counting lines and bytes, so that none can skip the work."""

from __future__ import annotations

import mmap
import os
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

BLOCK = 1 << 20


class Counted(msgspec.Struct, frozen=True):
    """The lines and bytes read."""

    lines: int
    bytes: int


def text_lines(path: Path) -> Counted:
    """The file object's lines of decoded text."""
    lines = characters = 0
    with path.open(encoding="utf-8", newline="\n") as file:
        for line in file:
            lines += 1
            characters += len(line)
    return Counted(lines, characters)


def binary_lines(path: Path) -> Counted:
    """Lines of bytes."""
    lines = count = 0
    with path.open("rb") as file:
        for line in file:
            lines += 1
            count += len(line)
    return Counted(lines, count)


def mapped_lines(path: Path) -> Counted:
    """Lines from a memory map."""
    lines = count = 0
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as view:
        while line := view.readline():
            lines += 1
            count += len(line)
    return Counted(lines, count)


def blocks_into_a_buffer(path: Path) -> Counted:
    """Blocks read into one buffer, split into lines; the rest of the last line moves to the front."""
    lines = count = held = 0
    buffer = bytearray(2 * BLOCK)
    view = memoryview(buffer)
    with path.open("rb", buffering=0) as file:
        while read := file.readinto(view[held : held + BLOCK]):
            end = buffer.rfind(b"\n", 0, held + read) + 1
            rows = bytes(view[:end]).split(b"\n")
            lines += len(rows) - 1
            count += end
            left = held + read - end
            buffer[:left] = bytes(view[end : end + left])
            held = left
    return Counted(lines, count)


def blocks_by_position(path: Path) -> Counted:
    """Blocks by pread, split into lines, each starting after the last complete line: what intake does."""
    lines = position = 0
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        while block := os.pread(descriptor, BLOCK, position):
            end = block.rfind(b"\n") + 1
            rows = block[:end].split(b"\n")
            lines += len(rows) - 1
            position += end
    finally:
        os.close(descriptor)
    return Counted(lines, position)


READINGS: Mapping[str, Callable[[Path], Counted]] = {
    "text lines": text_lines,
    "binary lines": binary_lines,
    "mmap, lines": mapped_lines,
    "readinto one buffer, split": blocks_into_a_buffer,
    "pread of 1 MB, split": blocks_by_position,
}
CHOSEN_READING = "pread of 1 MB, split"
