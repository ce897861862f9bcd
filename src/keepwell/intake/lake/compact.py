"""Compaction: the many small files of a day are merged into one, or a few of a good size.

The new files exist beside the old ones until one manifest replaces the old by the new. The old files stay
until the next command that writes, so that readers who began earlier can finish.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pyarrow as pa
from pyarrow import parquet

from keepwell.intake.files import Fs
from keepwell.intake.lake.engines import lake_errors, merge_files
from keepwell.intake.lake.manifest import LakeFile, folder_of
from keepwell.intake.lake.storage import REBUILD, open_storage
from keepwell.intake.lake.writer import LakeWriter, open_writer
from keepwell.platform.errors import CorruptData
from keepwell.platform.progress import Progress

TARGET_BYTES = 128_000_000


class CompactionResult(msgspec.Struct, frozen=True):
    """What compaction did: the days that had several small files, and the files before and after."""

    days: int
    files_before: int
    files_after: int
    rows: int


def compact(
    location: str | Path, *, progress: Progress, target_bytes: int = TARGET_BYTES, files: Fs | None = None
) -> CompactionResult:
    """Merge the files of each day that are smaller than half of `target_bytes` into files of about that size.

    Raises NotFound if there is no lake, Conflict if another process writes to it, CorruptData for a damaged
    file, StorageFull or InfrastructureError; the lake is then unchanged.
    """
    with open_writer(open_storage(location, files=files), purpose="compacting the lake") as lake:
        lake.sweep()
        groups = list(_groups(lake, target_bytes))
        with progress.step("Compacting the lake", total=sum(len(group) for group in groups)) as step:
            for group in groups:
                _merge(lake, group)
                step.advance(len(group))
        # One manifest for all, so that no day is ever seen half compacted.
        lake.publish()
    merged = [file for group in groups for file in group]
    return CompactionResult(
        days=len({file.day for file in merged}),
        files_before=len(merged),
        files_after=len(groups),
        rows=sum(file.rows for file in merged),
    )


def _groups(lake: LakeWriter, target_bytes: int) -> Iterator[Sequence[LakeFile]]:
    """The files to merge, each group of one day and with the same columns."""
    small: defaultdict[str, list[LakeFile]] = defaultdict(list)
    for file in lake.files.values():
        if file.bytes < target_bytes // 2:
            small[folder_of(file.day)].append(file)
    for candidates in small.values():
        if len(candidates) > 1:
            by_columns: defaultdict[str, list[LakeFile]] = defaultdict(list)
            for file in candidates:
                by_columns[str(_columns(lake, file))].append(file)
            for files in by_columns.values():
                yield from _bins(files, target_bytes)


def _bins(files: Sequence[LakeFile], target_bytes: int) -> Iterator[Sequence[LakeFile]]:
    group: list[LakeFile] = []
    for file in files:
        group.append(file)
        if sum(each.bytes for each in group) >= target_bytes:
            yield group
            group = []
    if len(group) > 1:
        yield group


def _columns(lake: LakeWriter, file: LakeFile) -> pa.Schema:
    try:
        with lake.storage.open(file.name) as content:
            return parquet.read_schema(content).remove_metadata()
    except pa.ArrowException as error:
        raise CorruptData(f"{lake.storage.address(file.name)}: {error}.", hint=REBUILD) from error


def _merge(lake: LakeWriter, group: Sequence[LakeFile]) -> None:
    names = [file.name for file in group]
    # The same files give the same name, so a repeated compaction writes the same file.
    digest = hashlib.sha256("\n".join(f"{file.name} {file.sha256}" for file in group).encode()).hexdigest()
    columns = _columns(lake, group[0]).names
    by = [name for name in lake.sort_columns if name in columns]
    with TemporaryDirectory() as scratch, lake_errors():
        merged = Path(scratch) / "merged.parquet"
        merge_files(lake.storage, names, by=by, into=merged)
        content = merged.read_bytes()
    rows = parquet.read_metadata(pa.BufferReader(content)).num_rows
    expected = sum(file.rows for file in group)
    if rows != expected:
        raise CorruptData(
            f"{', '.join(names)}: have {rows:,} rows; the manifest says {expected:,}.", hint=REBUILD
        )
    segments = {segment for file in group for segment in file.segments}
    lake.put(
        f"{folder_of(group[0].day)}/compacted-{digest[:16]}.parquet", content, rows=rows, segments=segments
    )
    lake.forget(names)
