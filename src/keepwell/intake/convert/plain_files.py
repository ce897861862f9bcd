"""Files that a command reads and writes: compressed or not, or a pipe; an output is complete or absent."""

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
from keepwell.intake.follow.readers import COMPRESSED, FileDamaged, FileReader, NotAFile, open_reader
from keepwell.platform.errors import DataValidationError, InfrastructureError

Write: TypeAlias = Callable[[bytes], object]

PIPE = Path("-")
_PIECE = 1 << 20


@contextmanager
def plain_file(path: Path) -> Iterator[Path]:
    """The file `path`, or a temporary one with its decompressed content, or with that of the pipe.

    Raises DataValidationError if the file does not exist, or cannot be decompressed to its end.
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
    """A function that writes to a file, named `path` once it is complete; `-` is standard output.

    The file is on the disk before it gets its name. Unless it `is_needed` at the end, no file has the name.
    Raises DataValidationError if `path` is something other than a file, and StorageFull or
    InfrastructureError naming it; so does writing.
    """
    if path == PIPE:
        with _standard_output() as write:
            yield write
        return
    # A link keeps pointing at the file; a device must not be replaced by a file.
    target = path.resolve()
    if target.exists() and not target.is_file():
        raise DataValidationError(f"{path} is not a regular file.", hint="Name a file, or - for a pipe.")
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
        except FileDamaged as damage:
            raise DataValidationError(f"{path} {damage}.", hint="Check that it is complete.") from damage


def _opened(path: Path) -> FileReader:
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
    """A function that writes to `stream`; its errors name the right one of several open files."""

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
        # Discard the rest of the buffer: Python would try to flush it again at exit.
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
