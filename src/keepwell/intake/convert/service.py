"""Converting a file of rows to another format, optionally by a schema, with a report of the drift."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import msgspec

from keepwell.intake.convert.formats import FORMATS, FileRow, Format, delimiter_of, read_rows, writer_of
from keepwell.intake.convert.plain_files import PIPE, plain_file, published
from keepwell.intake.follow.batch import without_row
from keepwell.intake.follow.decompression import COMPRESSED
from keepwell.intake.model import DeadLetter, Refusal, dead_letter
from keepwell.intake.schema.drift import Drift, DriftReport, ObservedChange, Row
from keepwell.intake.schema.validation import Schema
from keepwell.platform.clock import Clock
from keepwell.platform.errors import DataValidationError
from keepwell.platform.progress import Progress, counted
from keepwell.platform.values.path_texts import as_text

# Bytes; a row that is too large is not in its dead letter.
_LONGEST_LETTER = 16_000_000


class RowFile(msgspec.Struct, frozen=True):
    """A file, or `-` for a pipe, and its format."""

    path: Path
    format: Format
    delimiter: str | None = None

    @classmethod
    def of(cls, path: Path, named: Format | None, *, option: str, delimiter: str | None = None) -> RowFile:
        """By the `named` format, or by the suffix, ignoring those of compression; raises DataValidationError.

        The delimiter of CSV is a tab if the suffix is .tsv; of a file to read it may be None, to be sniffed.
        """
        plain = path.with_suffix("") if path.suffix in COMPRESSED else path
        found = named or FORMATS.get(plain.suffix)
        if found is None:
            raise DataValidationError(
                f"{path}: the format is not known from its name.",
                hint=f"Name it: {option} {'|'.join(sorted(set(FORMATS.values())))}.",
            )
        return cls(path, found, delimiter_of(plain, delimiter))


class ConversionResult(msgspec.Struct, frozen=True):
    """What became of the rows, and each change of columns once."""

    rows: int
    dead_letters: int
    dead_letters_file: str | None
    drift: Sequence[ObservedChange]


class ConversionContext(msgspec.Struct, frozen=True, kw_only=True):
    """The context of a conversion; `schema` is optional."""

    schema: Schema | None
    clock: Clock
    progress: Progress


def convert(
    source: RowFile, target: RowFile, *, dead_letters: Path, work: ConversionContext
) -> ConversionResult:
    """Write the rows of `source` to `target`, and the broken or refused ones to `dead_letters`.

    Both files appear complete or not at all: they get their names once everything is on the disk, the dead
    letters first. Dead letters of before in `dead_letters` are replaced, or removed if there are none. Raises
    DataValidationError naming a file that is not in its format, not a file, or held something else before;
    StorageFull or InfrastructureError.
    """
    _require_apart(source.path, target.path, dead_letters)
    with ExitStack() as stack:
        file = stack.enter_context(plain_file(source.path))
        conversion = _Conversion(source, file, work)
        columns = conversion.columns() if target.format == "csv" else ()
        write = stack.enter_context(published(target.path))
        write_letter = stack.enter_context(
            published(dead_letters, is_needed=lambda: bool(conversion.dead_letters))
        )
        writer = writer_of(write, target.format, columns=columns, delimiter=target.delimiter or ",")
        conversion.run(writer.write, lambda letter: write_letter(msgspec.json.encode(letter) + b"\n"))
        writer.finish()
    written = as_text(dead_letters) if conversion.dead_letters else None
    return ConversionResult(conversion.accepted, conversion.dead_letters, written, conversion.report.noted)


class _Conversion:
    def __init__(self, source: RowFile, file: Path, work: ConversionContext) -> None:
        self._source = source
        self._file = file
        self._work = work
        self._drift = Drift(work.schema.document) if work.schema else None
        self.report = DriftReport()
        self.accepted = self.dead_letters = 0

    def columns(self) -> Sequence[str]:
        """Every column that a row will have: the schema's first, then the others in order of appearance."""
        columns = dict.fromkeys(self._drift.columns if self._drift else ())
        self.run(lambda row: columns.update(dict.fromkeys(row)), lambda letter: None)  # noqa: ARG005  only the names matter
        return list(columns)

    def run(self, write: Callable[[Row], object], refuse: Callable[[DeadLetter], object]) -> None:
        """Pass each row to `write`, or its dead letter to `refuse`, and count them."""
        self.report = DriftReport()
        self.accepted = self.dead_letters = 0
        with self._work.progress.step("Converting", total=None) as step:
            for read in counted(self._rows(), step):
                refusal = self._written(read, write)
                if refusal is None:
                    self.accepted += 1
                else:
                    self.dead_letters += 1
                    refuse(self._letter(read, refusal))

    def _rows(self) -> Iterator[FileRow]:
        return read_rows(self._file, self._source.format, delimiter=self._source.delimiter)

    def _written(self, read: FileRow, write: Callable[[Row], object]) -> Refusal | None:
        """Why the row was not written; None if it was."""
        try:
            row, refusal = self._validated(read)
            if refusal is None:
                write(row)
        except RecursionError:
            return Refusal("too-deep", "The row is nested too deeply for this format.")
        return refusal

    def _validated(self, read: FileRow) -> tuple[Row, Refusal | None]:
        if read.refusal or self._drift is None or self._work.schema is None:
            return read.row, read.refusal
        repaired = self._drift.repair(read.row, are_texts=self._source.format == "csv")
        self.report.note(repaired.changes, place=f"{as_text(self._source.path.name)}:{read.line}")
        return repaired.row, repaired.refusal or self._work.schema.validate(msgspec.json.encode(repaired.row))

    def _letter(self, read: FileRow, refusal: Refusal) -> DeadLetter:
        name, now = as_text(self._source.path.name), self._work.clock.now()
        letter = dead_letter(read.text, refusal, source=name, line=read.line, now=now)
        if read.length is not None:
            letter = without_row(letter, length=read.length, sha256=read.sha256)
        return msgspec.structs.replace(letter, offset=read.offset)


def _require_apart(source: Path, target: Path, dead_letters: Path) -> None:
    if PIPE not in {source, target} and _is_same(source, target):
        raise DataValidationError(
            f"{target} is the file that is read, and would be replaced.", hint="Name another file as OUT."
        )
    if dead_letters.resolve() in {path.resolve() for path in (source, target) if path != PIPE}:
        raise DataValidationError(
            f"{dead_letters} cannot be the file of dead letters too.",
            hint="Name another file: --dead-letters FILE.",
        )
    if dead_letters.is_file() and not _holds_dead_letters(dead_letters):
        raise DataValidationError(
            f"{dead_letters} exists and is no file of dead letters, so it is not replaced.",
            hint="Name another file: --dead-letters FILE.",
        )


def _holds_dead_letters(path: Path) -> bool:
    """Whether the first line is a dead letter, or there is none."""
    with path.open("rb") as file:
        first = file.readline(_LONGEST_LETTER)
    try:
        msgspec.json.decode(first or b"null", type=DeadLetter | None)
    except msgspec.DecodeError:
        return False
    return True


def _is_same(source: Path, target: Path) -> bool:
    """Whether both names lead to one file, also by links."""
    return source.resolve() == target.resolve() or (
        target.exists() and source.exists() and source.samefile(target)
    )
