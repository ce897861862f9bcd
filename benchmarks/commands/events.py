"""Benchmarks of events: taking them in, and keeping them in files and in the lake."""

from __future__ import annotations

from pathlib import Path

import click

from benchmarks import disk_report
from benchmarks.commands.parts import on_option, publish, repeats_option, scratch, write_option
from benchmarks.disk import measure_disk
from benchmarks.intake import http_report
from benchmarks.intake import measure as intake
from benchmarks.intake import report as intake_report
from benchmarks.intake.http_intake import measure_http
from benchmarks.lake import formats_report as lake_formats_report
from benchmarks.lake import parquet, parquet_report
from benchmarks.lake.formats import measure_lake_formats
from benchmarks.lake.load import Load
from benchmarks.peers import continue_among_peers
from benchmarks.report import REPORTS, write_part
from keepwell.platform.cli.command_line import TerminalProgress, json_option, print_json


@click.command("intake")
@click.option(
    "--rows", default=2_000_000, show_default=True, type=click.IntRange(min=1_000), help="Number of rows."
)
@click.option(
    "--textbook-rows",
    type=click.IntRange(min=1_000),
    help="How many of them the slow baseline loop reads; default: a tenth.",
)
@repeats_option
@on_option
@write_option
@json_option
def intake_command(
    rows: int, textbook_rows: int | None, repeats: int, folder: Path | None, write: bool, as_json: bool
) -> None:
    """Intake compared with a plain Python loop; Polars and DuckDB compared on writing Parquet.

    Takes some five minutes and 2 GB of disk with so many rows.

    Example: ./keepwell bench intake --rows 200000 --json
    """
    continue_among_peers()
    progress = TerminalProgress()
    some = textbook_rows or max(1_000, rows // 10)
    with scratch(folder) as place:
        contest = intake.Bench(place, rows=rows, textbook_rows=some, repeats=repeats)
        contests = contest.measure(progress)
        ends = parquet.Bench(place, rows=rows, repeats=repeats).measure(progress)
    if write:
        write_part(REPORTS / "bench.md", "intake", text=intake_report.markdown(contests))
        write_part(REPORTS / "bench.md", "parquet", text=parquet_report.markdown(ends))
    if as_json:
        print_json({"intake": contests, "parquet": ends})
    else:
        click.echo(f"{intake_report.summary(contests)}\n{parquet_report.summary(ends)}")


@click.command("io")
@click.option(
    "--rows", default=500_000, show_default=True, type=click.IntRange(min=1_000), help="Number of lines."
)
@click.option(
    "--synced-rows",
    default=1_000,
    show_default=True,
    type=click.IntRange(min=1),
    help="Number of lines for writers that sync each line.",
)
@repeats_option
@on_option
@write_option
@json_option
def io_command(
    rows: int, synced_rows: int, repeats: int, folder: Path | None, write: bool, as_json: bool
) -> None:
    """Ways to read and write files, compared with those intake uses.

    Example: ./keepwell bench io --on /var/lib --json
    """
    with scratch(folder) as place:
        figures = measure_disk(
            place, lines=rows, synced_lines=synced_rows, repeats=repeats, progress=TerminalProgress()
        )
    part = (REPORTS / "io.md", "io")
    publish(figures, disk_report, part=part, write=write, as_json=as_json)


@click.command("http")
@click.option(
    "--events",
    default=50_000,
    show_default=True,
    type=click.IntRange(min=1_000),
    help="Approximate number of events per run.",
)
@repeats_option
@on_option
@write_option
@json_option
def http_command(events: int, repeats: int, folder: Path | None, write: bool, as_json: bool) -> None:
    """Durable events over HTTP, compared with one commit per event.

    Example: ./keepwell bench http --events 10000 --json
    """
    with scratch(folder) as place:
        figures = measure_http(place, events=events, repeats=repeats, progress=TerminalProgress())
    part = (REPORTS / "bench.md", "http")
    publish(figures, http_report, part=part, write=write, as_json=as_json)


@click.command("lake-formats")
@click.option("--days", default=90, show_default=True, type=click.IntRange(min=2), help="How many days.")
@click.option("--segments", default=3, show_default=True, type=click.IntRange(min=1), help="Appends per day.")
@click.option(
    "--rows", default=10_000, show_default=True, type=click.IntRange(min=100), help="Rows per append."
)
@click.option(
    "--kills", default=10, show_default=True, type=click.IntRange(min=0), help="Kills of each format."
)
@click.option(
    "--peers",
    type=click.Path(file_okay=False, path_type=Path),
    help="Keep the environments of the other formats in this folder; they are temporary otherwise.",
)
@repeats_option
@on_option
@write_option
@json_option
def lake_formats_command(
    *,
    days: int,
    segments: int,
    rows: int,
    kills: int,
    peers: Path | None,
    repeats: int,
    folder: Path | None,
    write: bool,
    as_json: bool,
) -> None:
    """The lake's own manifest compared with Delta Lake and Iceberg, which are installed into a place of their own.

    Example: ./keepwell bench lake-formats --days 10 --repeats 1 --json
    """
    with scratch(folder) as place:
        figures = measure_lake_formats(
            place / "lakes",
            Load(days, segments, rows),
            repeats=repeats,
            kills=kills,
            peers=peers or place / "peers",
            progress=TerminalProgress(),
        )
    part = (lake_formats_report.DECISION, "lake-formats")
    publish(figures, lake_formats_report, part=part, write=write, as_json=as_json)


COMMANDS = [intake_command, io_command, http_command, lake_formats_command]
