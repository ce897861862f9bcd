"""Files that a command reads and writes: compressed or not, or a pipe; an output is complete or absent."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Any, TypeAlias

import zstandard

from keepwell.intake.files import LocalFs, disk_errors
from keepwell.intake.follow.decompression import COMPRESSED, Compression
from keepwell.intake.follow.readers import FileDamaged, FileReader, NotAFile, open_reader
from keepwell.platform.errors import DataValidationError, InfrastructureError

Write: TypeAlias = Callable[[bytes], object]

PIPE = Path("-")
_PIECE = 1 << 20


@contextmanager
def plain_file(path: Path) -> Iterator[Path]:
    """The file `path`, or a temporary one with its decompressed content, or with that of the pipe.

    Whether it is compressed is decided by its first bytes, and by its name only if they say nothing. Raises DataValidationError if the file does not exist, or cannot be decompressed to its end.
    """
    with tempfile.TemporaryDirectory() as folder:
        piped = Path(folder, "standard input")
        if path == PIPE:
            with disk_errors(piped), piped.open("wb") as target:
                shutil.copyfileobj(sys.stdin.buffer, target, _PIECE)
        source = piped if path == PIPE else path
        with closing(_opened(source)) as reader:
            if not reader.compressed:
                yield source
                return
            plain = Path(folder, f"text of {source.name}" if source == piped else _plain_name(path))
            with disk_errors(plain), plain.open("wb") as target:
                _unpack(reader, target, path=path)
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


def _plain_name(path: Path) -> str:
    return path.stem if path.suffix in COMPRESSED else path.name


def _unpack(reader: FileReader, target: IO[bytes], *, path: Path) -> None:
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
    makers: dict[Compression, Callable[[], Any]] = {
        "gzip": lambda: gzip.GzipFile(fileobj=file, mode="wb", filename="", mtime=0),
        "bzip2": lambda: bz2.BZ2File(file, mode="wb"),
        "xz": lambda: lzma.LZMAFile(file, mode="wb"),  # noqa: SIM115  closed below
        "zstd": lambda: zstandard.ZstdCompressor().stream_writer(file, closefd=False),
    }
    if suffix in COMPRESSED:
        with makers[COMPRESSED[suffix]]() as packed:
            yield packed
    else:
        yield file
