"""Other readers of JSON Lines, each writing Parquet and counting it with DuckDB, in a process of its own.

Run as `python -m benchmarks.intake.readers_of_json READER PARQUET FILE...`; prints the content of the Parquet file. The reader
`count` reads no input, and PARQUET may be a glob.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence

import duckdb
import msgspec

from benchmarks.intake.sensors import MALFORMED_AT, MALFORMED_EVERY

_TO_PARQUET = """
copy (select * from read_json(?, format = 'newline_delimited', ignore_errors = {ignore_errors}))
to '{target}' (format parquet)
"""
_COUNT = """
select count(*), count_if(try_cast(substr(id, 4) as bigint) % ? <> ?) from read_parquet(?)
"""


class Content(msgspec.Struct, frozen=True):
    """How many rows a Parquet file has, and how many of them are well-formed."""

    rows: int
    good: int


def with_polars(sources: Sequence[str], target: str, *, ignore_errors: bool = False) -> None:
    """Polars, streaming."""
    # Imported here, so that DuckDB's run does not pay for it.
    import polars as pl  # noqa: PLC0415

    pl.scan_ndjson(list(sources), ignore_errors=ignore_errors).sink_parquet(target)


def with_duckdb(sources: Sequence[str], target: str, *, ignore_errors: bool = False) -> None:
    """DuckDB's read_json."""
    duckdb.execute(_TO_PARQUET.format(ignore_errors=ignore_errors, target=target), [list(sources)])


def with_polars_ignoring_errors(sources: Sequence[str], target: str) -> None:
    """Polars, set to ignore errors."""
    with_polars(sources, target, ignore_errors=True)


def with_duckdb_ignoring_errors(sources: Sequence[str], target: str) -> None:
    """DuckDB, set to ignore errors."""
    with_duckdb(sources, target, ignore_errors=True)


READERS: Mapping[str, Callable[[Sequence[str], str], None]] = {
    "polars": with_polars,
    "duckdb": with_duckdb,
    "polars, ignore_errors": with_polars_ignoring_errors,
    "duckdb, ignore_errors": with_duckdb_ignoring_errors,
}
COUNT = "count"


def content_of(parquet: str) -> Content:
    """The content of a Parquet file of sensor rows."""
    counts = duckdb.execute(_COUNT, [MALFORMED_EVERY, MALFORMED_AT, parquet]).fetchall()
    return Content(*counts[0])


def main(arguments: Sequence[str]) -> None:
    """Write FILE... to PARQUET with READER; a reader's error is printed as one line on standard error."""
    reader, target, *sources = arguments
    try:
        if reader != COUNT:
            READERS[reader](sources, target)
    except Exception as error:  # noqa: BLE001  any error of a reader is its result
        sys.exit(f"{type(error).__name__}: {error}".splitlines()[0].replace(sources[0], "FILE"))
    print(msgspec.json.encode(content_of(target)).decode())


if __name__ == "__main__":
    main(sys.argv[1:])
