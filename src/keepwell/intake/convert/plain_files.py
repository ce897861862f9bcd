"""Files as a command reads and writes them: packed or not, or a pipe; a written one is whole or not there."""

from __future__ import annotations

import gzip
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, TypeAlias, cast

import zstandard

from keepwell.intake.files import LocalFs, disk_errors
from keepwell.intake.follow.readers import COMPRESSED, Damaged, NotAFile, Reader, open_reader
from keepwell.platform.errors import DataValidationError, InfrastructureError

Write: TypeAlias = Callable[[bytes], object]

PIPE = Path("-")
_PIECE = 1 << 20


@contextmanager
def plain_file(path: Path) -> Iterator[Path]:
    """The file `path`, or a temporary one with what comes through the pipe or is packed in it.

    Raises DataValidationError where there is no such file, or it cannot be decompressed to its end.
    """
    if path != PIPE and path.suffix not in COMPRESSED:
        if not path.is_file():
            raise _no_file(path)
        yield path
        return
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder, "standard input" if path == PIPE else path.stem)
        with disk_errors(plain), plain.open("wb") as target:
            if path == PIPE:
                shutil.copyfileobj(sys.stdin.buffer, target, _PIECE)
            else:
                _unpack(path, target)
        yield plain


@contextmanager
def published(path: Path, *, is_needed: Callable[[], bool] = lambda: True) -> Iterator[Write]:
    """What writes to a file that gets the name `path` once it is whole and on the disk; `-` is standard output.

    Where it `is_needed` no more at the end, no file has the name. Raises DataValidationError where something
    else than a file has it, and StorageFull or InfrastructureError naming it; so does the writing.
    """
    if path == PIPE:
        with _standard_output() as write:
            yield write
        return
    # A link goes on pointing at the file; a device must not become one.
    target = path.resolve()
    if target.exists() and not target.is_file():
        raise DataValidationError(f"{path} is no regular file.", hint="Name a file, or - for a pipe.")
    temporary = target.with_name(f".{target.name}.part")
    try:
        with disk_errors(path), temporary.open("wb") as file:
            with _packed(file, target.suffix) as stream:
                yield _naming(path, stream)
            file.flush()
            os.fsync(file.fileno())
        if is_needed():
            LocalFs().rename(temporary, target)
        else:
            LocalFs().remove(target)
        LocalFs().sync_directory(target.parent)
    finally:
        temporary.unlink(missing_ok=True)


def _unpack(path: Path, target: IO[bytes]) -> None:
    with ExitStack() as stack:
        reader = _opened(path)
        stack.callback(reader.close)
        position = 0
        try:
            while piece := reader.read(position, _PIECE):
                target.write(piece)
                position += len(piece)
        except Damaged as damage:
            raise DataValidationError(f"{path} {damage}.", hint="Is it whole?") from damage


def _opened(path: Path) -> Reader:
    try:
        reader = open_reader(path.resolve())
    except NotAFile:
        raise _no_file(path) from None
    if reader is None:
        raise _no_file(path)
    return reader


def _no_file(path: Path) -> DataValidationError:
    return DataValidationError(f"There is no file {path}.", hint="Name a file of rows, or - for a pipe.")


def _naming(path: Path, stream: IO[bytes]) -> Write:
    """What writes to `stream`; of several files that are open, an error names the right one."""

    def write(text: bytes) -> None:
        with disk_errors(path):
            stream.write(text)

    return write


@contextmanager
def _standard_output() -> Iterator[Write]:
    name, stream = Path("standard output"), sys.stdout.buffer
    try:
        yield _naming(name, stream)
        with disk_errors(name):
            stream.flush()
    except InfrastructureError:
        # What is left in the buffer can go nowhere, and Python would try again at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        raise


@contextmanager
def _packed(file: IO[bytes], suffix: str) -> Iterator[IO[bytes]]:
    if suffix == ".gz":
        with gzip.GzipFile(fileobj=file, mode="wb", filename="", mtime=0) as packed:
            yield cast("IO[bytes]", packed)
    elif suffix == ".zst":
        with zstandard.ZstdCompressor().stream_writer(file, closefd=False) as packed_by_zstd:
            yield packed_by_zstd
    else:
        yield file
