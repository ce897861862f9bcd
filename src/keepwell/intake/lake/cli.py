"""Commands on the lake: build, compact, query, and remove data."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Concatenate, ParamSpec

import click
import msgspec
import pyarrow as pa
from pyarrow import csv
from rich.table import Table

from keepwell.identity import service as identity
from keepwell.intake.lake.build import build, seal, seal_idle
from keepwell.intake.lake.compact import compact
from keepwell.intake.lake.kinds import kind_of
from keepwell.intake.lake.location import LakeLocation, workspace_lake
from keepwell.intake.lake.query import query, readable
from keepwell.intake.lake.removal.erase import Proof, erase
from keepwell.intake.lake.removal.expire import expire
from keepwell.platform.cli.command_line import (
    Day,
    Target,
    TerminalProgress,
    json_option,
    print_json,
    print_table,
    run,
    targets_workspace,
)
from keepwell.platform.cli.units import Size
from keepwell.platform.clock import SystemClock
from keepwell.platform.database_server import open_database

Parameters = ParamSpec("Parameters")


def names_location(command: Callable[Concatenate[LakeLocation, Parameters], None]) -> Callable[..., None]:
    """Give a command the folder and options that identify a lake and its journal."""

    @click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
    @click.option(
        "--lake",
        "--into",
        "lake",
        metavar="LAKE",
        help="The lake: a folder, or a URL such as s3://bucket/lake.",
    )
    @functools.wraps(command)
    def with_location(
        target: Target,
        folder: Path | None,
        lake: str | None,
        *args: Parameters.args,
        **kwargs: Parameters.kwargs,
    ) -> None:
        if folder is not None:
            command(LakeLocation(folder, lake or folder / "lake"), *args, **kwargs)
        else:
            command(run(_location_of(target, lake)), *args, **kwargs)

    # Typed loosely: mypy cannot combine two such decorators.
    with_target: Callable[..., None] = with_location
    return targets_workspace(with_target)


@click.group()
def lake() -> None:
    """Rows as Parquet files by day, and SQL over them.

    Without FOLDER a command uses the workspace's events; with it, the lake of an intake folder.
    """


@lake.command("build")
@names_location
@click.option("--key", metavar="FIELD", help="Sort rows by this field; it identifies accounts for erasure.")
@click.option(
    "--time", metavar="FIELD", help="Date rows by this field; by default, by when they were sealed."
)
@click.option(
    "--seal",
    "is_sealing",
    is_flag=True,
    help="Fail if a process is writing, whose open segment cannot be sealed.",
)
@click.option("--check", is_flag=True, help="Also compare existing files with their hashes.")
@json_option
def build_command(
    location: LakeLocation, key: str | None, time: str | None, is_sealing: bool, check: bool, as_json: bool
) -> None:
    """Add every segment to the lake, and rebuild what is missing there.

    An open segment is sealed first, unless a process is writing to it: then it is named, and left out.

    Example: ./keepwell lake build intake --into lake --key sensor --time ts
    """
    kind = kind_of(location, key=key, time=time)
    still_open: Mapping[str, int] = {}
    if is_sealing:
        seal(location, clock=SystemClock())
    else:
        still_open = seal_idle(location, clock=SystemClock())
    built = build(location, kind, progress=TerminalProgress(), check=check)
    built = msgspec.structs.replace(built, still_open=still_open)
    if as_json:
        print_json(built)
        return
    click.echo(f"{built.rows:,} rows of {built.segments:,} segments became {built.files:,} files.")
    if built.rebuilt:
        click.echo(f"{built.rebuilt:,} files were missing or out of date, and were rebuilt.")
    if built.undated:
        click.echo(
            f"{built.undated:,} of them have no readable time (RFC 3339 with a zone, or seconds of Unix time): "
            "their day is unknown."
        )
    for name, rows in built.still_open.items():
        click.echo(
            f"{name}: {rows:,} rows are not in the lake yet, since a process is writing to this segment. It is sealed at "
            "--rotate (10 MB), or by `lake build` after the process has ended."
        )


@lake.command("compact")
@names_location
@click.option(
    "--target",
    "target_bytes",
    type=Size(),
    default="128MB",
    show_default=True,
    help="The approximate size of a file.",
)
@json_option
def compact_command(location: LakeLocation, target_bytes: int, as_json: bool) -> None:
    """Merge the small files of each day. The next command that writes removes the replaced files.

    Example: ./keepwell lake compact --workspace acme
    """
    compacted = compact(location.lake, progress=TerminalProgress(), target_bytes=target_bytes)
    if as_json:
        print_json(compacted)
        return
    files = f"{compacted.files_before:,} files of {compacted.days:,} days became {compacted.files_after:,}"
    click.echo(f"{files}, with {compacted.rows:,} rows.")


@lake.command("query")
@click.argument("sql")
@names_location
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV.")
@json_option
def query_command(location: LakeLocation, sql: str, as_csv: bool, as_json: bool) -> None:
    """Run one SELECT over the lake; its table is `events`, or `rows` in a lake of other rows.

    The SQL is DuckDB's, in UTC, and cannot read any other file.

    Example: ./keepwell lake query "select event, count(*) from events group by event" --csv
    """
    result = query(location.lake, sql)
    if as_csv:
        _print_csv(result)
    elif as_json:
        print_json([row for batch in result for row in readable(batch).to_pylist()])
    else:
        _print_table(result)


@lake.command("expire")
@names_location
@click.option("--before", type=Day(), required=True, help="The first day that is kept.")
@json_option
def expire_command(location: LakeLocation, before: date, as_json: bool) -> None:
    """Remove the days before a day from the lake, and the segments that are entirely older.

    Example: ./keepwell lake expire --before 2024-01-01
    """
    expired = expire(location, kind_of(location), before=before, progress=TerminalProgress())
    if as_json:
        print_json(expired)
        return
    lake_part = f"{expired.rows:,} rows of {expired.days:,} days"
    click.echo(f"{lake_part} and {expired.segments:,} segments of the journal were removed.")


@lake.command("erase")
@names_location
@click.option("--account", required=True, metavar="ID", help="The account's id as the source knows it.")
@json_option
def erase_command(location: LakeLocation, account: str, as_json: bool) -> None:
    """Remove every row of an account from lake, journal and dead letters, and prove it.

    Nothing may write to the journal meanwhile: stop `tail` or `up` first.

    Example: ./keepwell lake erase --account A-17 --json > proof.json
    """
    proof = erase(
        location, kind_of(location), account=account, clock=SystemClock(), progress=TerminalProgress()
    )
    if as_json:
        print_json(proof)
    else:
        _print_proof(proof)


async def _location_of(target: Target, lake: str | None) -> LakeLocation:
    async with open_database(target.settings) as database, database.transaction() as connection:
        workspace = await identity.get_workspace(connection, target.workspace)
    own = workspace_lake(target.settings.lake, workspace.id)
    return LakeLocation(target.settings.intake(workspace.id), lake or own)


def _print_csv(result: pa.RecordBatchReader) -> None:
    nothing = pa.RecordBatch.from_pylist([], schema=result.schema)
    with csv.CSVWriter(sys.stdout.buffer, readable(nothing).schema) as writer:
        for batch in result:
            writer.write_batch(readable(batch))


def _print_table(result: pa.RecordBatchReader) -> None:
    table = Table()
    for name in result.schema.names:
        table.add_column(name, overflow="fold")
    for batch in result:
        for row in readable(batch).to_pylist():
            table.add_row(*("" if value is None else str(value) for value in row.values()))
    print_table(table)


def _print_proof(proof: Proof) -> None:
    table = Table(title="Erased", title_justify="left")
    for heading in ("file", "rows removed", "rows left", "SHA-256 before", "SHA-256 after"):
        table.add_column(heading, overflow="fold")
    for file in proof.files:
        hashes = file.before_sha256[:16], (file.after_sha256 or "gone")[:16]
        table.add_row(file.name, f"{file.rows_removed:,}", f"{file.rows_left:,}", *hashes)
    print_table(table)
    for name, scan in (("First", proof.first_scan), ("Second", proof.second_scan)):
        read = f"{scan.rows:,} rows of {scan.segments:,} segments and {scan.lake_files:,} files of the lake"
        click.echo(f"{name} scan: {scan.found:,} rows of the account in {read}.")
