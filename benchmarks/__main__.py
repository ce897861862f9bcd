"""`./keepwell bench`: what this checkout costs on this machine, next to its baselines."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import click

from benchmarks import (
    api_report,
    changes_report,
    disk_report,
    footprint,
    game_report,
    http_report,
    intake,
    intake_report,
    lake_formats_report,
    parquet,
    parquet_report,
    population,
    population_report,
    revenue_report,
    traces_report,
    work_report,
)
from benchmarks.api import measure_api
from benchmarks.changes import measure_changes
from benchmarks.disk import measure_disk
from benchmarks.game import FULL, QUICK, measure_game
from benchmarks.http_intake import measure_http
from benchmarks.lake_formats import measure_lake_formats
from benchmarks.lake_load import Load
from benchmarks.peers import continue_among_peers
from benchmarks.report import REPORTS, write_part
from benchmarks.revenue import measure_revenue
from benchmarks.traces import measure_traces
from benchmarks.work import measure_work
from keepwell.platform.cli.command_line import TerminalProgress, json_option, print_json
from keepwell.platform.errors import KeepwellError

INTERRUPTED = 130

on_option = click.option(
    "--on",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Work on the disk of this folder instead of the temporary folder's.",
)
write_option = click.option("--write", is_flag=True, help="Write the figures into this checkout's report.")
repeats_option = click.option(
    "--repeats",
    default=3,
    show_default=True,
    type=click.IntRange(min=1),
    help="Runs of each; the median counts.",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def bench() -> None:
    """Measure this checkout on this machine: medians of interleaved runs, in one go.

    Example: ./keepwell bench intake --rows 200000
    """


@bench.command("intake")
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
    with tempfile.TemporaryDirectory(prefix="keepwell-bench-", dir=folder) as place:
        contest = intake.Bench(Path(place), rows=rows, textbook_rows=some, repeats=repeats)
        contests = contest.measure(progress)
        ends = parquet.Bench(Path(place), rows=rows, repeats=repeats).measure(progress)
    if write:
        write_part(REPORTS / "bench.md", "intake", text=intake_report.markdown(contests))
        write_part(REPORTS / "bench.md", "parquet", text=parquet_report.markdown(ends))
    if as_json:
        print_json({"intake": contests, "parquet": ends})
    else:
        click.echo(f"{intake_report.summary(contests)}\n{parquet_report.summary(ends)}")


@bench.command("io")
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
    with tempfile.TemporaryDirectory(prefix="keepwell-bench-", dir=folder) as place:
        figures = measure_disk(
            Path(place), lines=rows, synced_lines=synced_rows, repeats=repeats, progress=TerminalProgress()
        )
    if write:
        write_part(REPORTS / "io.md", "io", text=disk_report.markdown(figures))
    if as_json:
        print_json(figures)
    else:
        click.echo(disk_report.summary(figures))


@bench.command("http")
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
    with tempfile.TemporaryDirectory(prefix="keepwell-bench-", dir=folder) as place:
        figures = measure_http(Path(place), events=events, repeats=repeats, progress=TerminalProgress())
    if write:
        write_part(REPORTS / "bench.md", "http", text=http_report.markdown(figures))
    if as_json:
        print_json(figures)
    else:
        click.echo(http_report.summary(figures))


@bench.command("lake-formats")
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
    with tempfile.TemporaryDirectory(prefix="keepwell-bench-", dir=folder) as place:
        figures = measure_lake_formats(
            Path(place) / "lakes",
            Load(days, segments, rows),
            repeats=repeats,
            kills=kills,
            peers=peers or Path(place) / "peers",
            progress=TerminalProgress(),
        )
    if write:
        write_part(lake_formats_report.DECISION, "lake-formats", text=lake_formats_report.markdown(figures))
    if as_json:
        print_json(figures)
    else:
        click.echo(lake_formats_report.summary(figures))


@bench.command("revenue")
@click.option(
    "--subscriptions",
    default=100_000,
    show_default=True,
    type=click.IntRange(min=100),
    help="Number of subscriptions.",
)
@repeats_option
@on_option
@write_option
@json_option
def revenue_command(
    subscriptions: int, repeats: int, folder: Path | None, write: bool, as_json: bool
) -> None:
    """The revenue figures of a large business: processor time of each, and of rebuilding every movement.

    Example: ./keepwell bench revenue --subscriptions 10000 --json
    """
    with tempfile.TemporaryDirectory(prefix="keepwell-bench-", dir=folder) as place:
        figures = measure_revenue(
            Path(place), subscriptions=subscriptions, repeats=repeats, progress=TerminalProgress()
        )
    if write:
        write_part(REPORTS / "revenue.md", "revenue", text=revenue_report.markdown(figures))
    if as_json:
        print_json(figures)
    else:
        click.echo(revenue_report.summary(figures))


@bench.command("api")
@click.option(
    "--accounts",
    default=100_000,
    show_default=True,
    type=click.IntRange(min=2_000),
    help="Number of accounts.",
)
@click.option(
    "--pages",
    default=100,
    show_default=True,
    type=click.IntRange(min=20),
    help="Pages per connection, over 8 connections.",
)
@repeats_option
@on_option
@write_option
@json_option
def api_command(
    accounts: int, pages: int, repeats: int, folder: Path | None, write: bool, as_json: bool
) -> None:
    """A page of accounts, compared with FastAPI, SQLAlchemy's ORM and uvicorn on the same database.

    Example: ./keepwell bench api --accounts 10000 --json
    """
    continue_among_peers()
    with tempfile.TemporaryDirectory(prefix="keepwell-bench-", dir=folder) as place:
        figures = measure_api(
            Path(place), accounts=accounts, pages=pages, repeats=repeats, progress=TerminalProgress()
        )
    if write:
        write_part(REPORTS / "api.md", "api", text=api_report.markdown(figures))
    if as_json:
        print_json(figures)
    else:
        click.echo(api_report.summary(figures))


@bench.command("traces")
@click.option(
    "--accounts",
    default=20_000,
    show_default=True,
    type=click.IntRange(min=2_000),
    help="Number of accounts.",
)
@click.option(
    "--pages",
    default=100,
    show_default=True,
    type=click.IntRange(min=20),
    help="Pages per connection, over 8 connections.",
)
@repeats_option
@on_option
@write_option
@json_option
def traces_command(
    accounts: int, pages: int, repeats: int, folder: Path | None, write: bool, as_json: bool
) -> None:
    """What tracing adds to a page of accounts: none, the default share, and all.

    Example: ./keepwell bench traces --accounts 10000 --json
    """
    with tempfile.TemporaryDirectory(prefix="keepwell-bench-", dir=folder) as place:
        figures = measure_traces(
            Path(place), accounts=accounts, pages=pages, repeats=repeats, progress=TerminalProgress()
        )
    if write:
        write_part(REPORTS / "traces.md", "traces", text=traces_report.markdown(figures))
    if as_json:
        print_json(figures)
    else:
        click.echo(traces_report.summary(figures))


@bench.command("footprint")
@on_option
@write_option
@json_option
def footprint_command(folder: Path | None, write: bool, as_json: bool) -> None:
    """What each environment of Keepwell takes on disk, package by package.

    Installs every lock into a temporary folder: some minutes and 5 GB.

    Example: ./keepwell bench footprint --json
    """
    with tempfile.TemporaryDirectory(prefix="keepwell-bench-", dir=folder) as place:
        figures = footprint.measure_footprint(Path(place), progress=TerminalProgress())
    if write:
        write_part(REPORTS / "footprint.md", "footprint", text=footprint.markdown(figures))
    if as_json:
        print_json(figures)
    else:
        click.echo(footprint.summary(figures))


@bench.command("changes")
@click.option(
    "--transactions",
    default=4_000,
    show_default=True,
    type=click.IntRange(min=80),
    help="Transactions per run, over 8 writers.",
)
@repeats_option
@on_option
@write_option
@json_option
def changes_command(transactions: int, repeats: int, folder: Path | None, write: bool, as_json: bool) -> None:
    """What the changes feed costs writers, in one workspace and in several.

    Example: ./keepwell bench changes --transactions 2000 --json
    """
    with tempfile.TemporaryDirectory(prefix="keepwell-bench-", dir=folder) as place:
        figures = measure_changes(
            Path(place), transactions=transactions, repeats=repeats, progress=TerminalProgress()
        )
    if write:
        write_part(REPORTS.parent / "changes.md", "changes", text=changes_report.markdown(figures))
    if as_json:
        print_json(figures)
    else:
        click.echo(changes_report.summary(figures))


@bench.command("work")
@click.option(
    "--jobs", default=5_000, show_default=True, type=click.IntRange(min=100), help="Jobs of each kind."
)
@click.option(
    "--idle-seconds",
    default=20.0,
    show_default=True,
    type=click.FloatRange(min=1),
    help="How long to measure a worker that has nothing to do.",
)
@repeats_option
@on_option
@write_option
@json_option
def work_command(
    jobs: int, idle_seconds: float, *, repeats: int, folder: Path | None, write: bool, as_json: bool
) -> None:
    """Due work: jobs per second with an effect each, and what a worker costs that has nothing to do.

    Example: ./keepwell bench work --jobs 2000 --repeats 1 --json
    """
    with tempfile.TemporaryDirectory(prefix="keepwell-bench-", dir=folder) as place:
        figures = measure_work(
            Path(place), jobs=jobs, repeats=repeats, idle_seconds=idle_seconds, progress=TerminalProgress()
        )
    if write:
        write_part(REPORTS / "work.md", "work", text=work_report.markdown(figures))
    if as_json:
        print_json(figures)
    else:
        click.echo(work_report.summary(figures))


@bench.command("population")
@click.option(
    "--players",
    default=40_000,
    show_default=True,
    type=click.IntRange(min=200),
    help="Number of visitors; half of them are observed for the full period.",
)
@click.option(
    "--seeds", default=8, show_default=True, type=click.IntRange(min=1), help="Number of sample businesses."
)
@write_option
@json_option
def population_command(players: int, seeds: int, write: bool, as_json: bool) -> None:
    """Bulwark's population compared with its reference, the treatment's effect, and the model on several samples.

    Example: ./keepwell bench population --players 4000 --seeds 2 --json
    """
    with tempfile.TemporaryDirectory(prefix="keepwell-bench-") as place:
        figures = population.measure(Path(place), players=players, seeds=seeds, progress=TerminalProgress())
    if write:
        write_part(REPORTS / "population.md", "population", text=population_report.markdown(figures))
    if as_json:
        print_json(figures)
    else:
        click.echo(population_report.summary(figures))


@bench.command("game")
@click.option("--quick", is_flag=True, help="Run for one minute instead of several; the figures mean little.")
@write_option
@json_option
def game_command(quick: bool, write: bool, as_json: bool) -> None:
    """Bulwark's core compared with esper, A* and tcod; bots' matches, and the demo's population.

    Example: ./keepwell bench game --quick --json
    """
    continue_among_peers()
    with tempfile.TemporaryDirectory(prefix="keepwell-bench-") as place:
        figures = measure_game(Path(place), size=QUICK if quick else FULL, progress=TerminalProgress())
    if write:
        write_part(REPORTS / "game.md", "game", text=game_report.markdown(figures))
    if as_json:
        print_json(figures)
    else:
        click.echo(game_report.summary(figures))


def main() -> None:
    """Run a benchmark; a KeepwellError is printed with its hint and sets the exit code."""
    try:
        bench.main(prog_name="./keepwell bench", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except KeepwellError as error:
        click.secho(f"Error: {error.message}", fg="red", err=True)
        click.echo(error.hint, err=True)
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted. Nothing was written.", err=True)
        sys.exit(INTERRUPTED)


if __name__ == "__main__":
    main()
