"""Converting a file of rows to another format, by a schema where one is given, with what drifted on record."""

from __future__ import annotations

import gzip
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

import msgspec
import zstandard

from keepwell.intake.drift import Drift, DriftReport, Noted
from keepwell.intake.files import LocalFs, disk_errors
from keepwell.intake.formats import FORMATS, Format, ReadRow, read_rows, writer_of
from keepwell.intake.model import DeadLetter, Refusal, dead_letter
from keepwell.intake.validation import Schema
from keepwell.platform.clock import Clock
from keepwell.platform.errors import DataValidationError
from keepwell.platform.progress import Progress

PIPE = Path("-")
_COMPRESSED = {".gz", ".zst"}


class Place(msgspec.Struct, frozen=True):
    """A file, or `-` for a pipe, and its format."""

    path: Path
    format: Format

    @classmethod
    def of(cls, path: Path, named: Format | None, *, option: str) -> Place:
        """By the suffix, `.gz` and `.zst` left out, or as `named`; raises DataValidationError for neither."""
        suffix = (path.with_suffix("") if path.suffix in _COMPRESSED else path).suffix
        found = named or FORMATS.get(suffix)
        if found is None:
            raise DataValidationError(
                f"{path}: its name does not tell its format.",
                hint=f"Name it: {option} {'|'.join(sorted(set(FORMATS.values())))}.",
            )
        return cls(path, found)


class Converted(msgspec.Struct, frozen=True):
    """What became of the rows, and every change that was met, once."""

    rows: int
    dead_letters: int
    dead_letters_file: str | None
    drift: Sequence[Noted]


class Converting(msgspec.Struct, frozen=True, kw_only=True):
    """What a conversion works with; `schema` may be none."""

    schema: Schema | None
    clock: Clock
    progress: Progress


def convert(source: Place, target: Place, *, dead_letters: Path, work: Converting) -> Converted:
    """Write the rows of `source` to `target`, and those that break or that the schema refuses to `dead_letters`.

    Both are whole or not there: they get their names once everything is on the disk. Raises
    DataValidationError naming the file that is not of its format, StorageFull or InfrastructureError.
    """
    with ExitStack() as stack:
        file = stack.enter_context(_plain_file(source.path))
        conversion = _Conversion(source, file, work)
        columns = conversion.columns() if target.format == "csv" else ()
        letters = stack.enter_context(_published(dead_letters))
        rows = stack.enter_context(_published(target.path))
        writer = writer_of(rows, target.format, columns=columns)
        for row in conversion.rows(letters.write):
            writer.write(row)
        writer.finish()
    if not conversion.dead_letters:
        dead_letters.unlink()
    held = str(dead_letters) if conversion.dead_letters else None
    return Converted(conversion.accepted, conversion.dead_letters, held, conversion.report.noted)


class _Conversion:
    def __init__(self, source: Place, file: Path, work: Converting) -> None:
        self._source = source
        self._file = file
        self._work = work
        self._drift = Drift(work.schema.document) if work.schema else None
        self.report = DriftReport()
        self.accepted = self.dead_letters = 0

    def columns(self) -> Sequence[str]:
        """Every column that a row will have: the schema's first, then the others as they come."""
        columns = dict.fromkeys(self._drift.columns if self._drift else ())
        for row in self._mended(lambda letter: None, DriftReport()):  # noqa: ARG005  only the names are looked at
            columns.update(dict.fromkeys(row))
        self.accepted = self.dead_letters = 0
        return list(columns)

    def rows(self, refuse: Callable[[bytes], object]) -> Iterator[dict[str, object]]:
        """The rows to write; the others go to `refuse`, as lines."""
        self.report = DriftReport()
        return self._mended(lambda letter: refuse(msgspec.json.encode(letter) + b"\n"), self.report)

    def _mended(
        self, refuse: Callable[[DeadLetter], object], report: DriftReport
    ) -> Iterator[dict[str, object]]:
        with self._work.progress.step("Converting", total=None) as step:
            for read in read_rows(self._file, self._source.format):
                step.advance()
                row, refusal = self._judged(read, report)
                if refusal is None:
                    self.accepted += 1
                    yield row
                else:
                    self.dead_letters += 1
                    refuse(
                        dead_letter(
                            read.text, refusal, source=self._name, line=read.line, now=self._work.clock.now()
                        )
                    )

    def _judged(self, read: ReadRow, report: DriftReport) -> tuple[dict[str, object], Refusal | None]:
        if read.refusal or self._drift is None or self._work.schema is None:
            return read.row, read.refusal
        mended = self._drift.mend(read.row, are_texts=self._source.format == "csv")
        report.note(mended.changes, place=f"{self._name}:{read.line}")
        return mended.row, mended.refusal or self._work.schema.judge(msgspec.json.encode(mended.row))

    @property
    def _name(self) -> str:
        return self._source.path.name


@contextmanager
def _plain_file(path: Path) -> Iterator[Path]:
    """The file `path`, or what comes through the pipe or is packed in it as a temporary file."""
    if path != PIPE and path.suffix not in _COMPRESSED:
        if not path.is_file():
            raise DataValidationError(
                f"There is no file {path}.", hint="Name a file of rows, or - for a pipe."
            )
        yield path
        return
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        plain = Path(folder, path.stem or "pipe")
        try:
            packed = sys.stdin.buffer if path == PIPE else stack.enter_context(path.open("rb"))
            with plain.open("wb") as target, disk_errors(plain):
                shutil.copyfileobj(_unpacked(packed, path), target, 1 << 20)
        except FileNotFoundError:
            raise DataValidationError(f"There is no file {path}.", hint="Name a file of rows.") from None
        except (EOFError, gzip.BadGzipFile, zstandard.ZstdError) as error:
            raise DataValidationError(
                f"{path} cannot be decompressed: {error}.", hint="Is it whole?"
            ) from error
        yield plain


def _unpacked(stream: IO[bytes], path: Path) -> IO[bytes]:
    if path.suffix == ".gz":
        return gzip.GzipFile(fileobj=stream)  # type: ignore[return-value]
    if path.suffix == ".zst":
        return zstandard.ZstdDecompressor().stream_reader(stream, read_across_frames=True)
    return stream


@contextmanager
def _published(path: Path) -> Iterator[IO[bytes]]:
    """A stream whose content gets the name `path` once it is whole and on the disk; `-` is standard output."""
    if path == PIPE:
        yield sys.stdout.buffer
        return
    temporary = path.with_name(f".{path.name}.part")
    try:
        with disk_errors(path), temporary.open("wb") as file, ExitStack() as stack:
            yield stack.enter_context(_packed(file, path))
            stack.close()
            file.flush()
            os.fsync(file.fileno())
        LocalFs().rename(temporary, path)
        LocalFs().sync_directory(path.absolute().parent)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def _packed(file: IO[bytes], path: Path) -> Iterator[IO[bytes]]:
    if path.suffix == ".gz":
        with gzip.GzipFile(fileobj=file, mode="wb", filename="", mtime=0) as packed:
            yield packed  # type: ignore[misc]
    elif path.suffix == ".zst":
        with zstandard.ZstdCompressor().stream_writer(file, closefd=False) as packed_by_zstd:
            yield packed_by_zstd
    else:
        yield file
