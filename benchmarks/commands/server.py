"""Benchmarks of what a server does besides: requests, traces, the changes feed and due work."""

from __future__ import annotations

from pathlib import Path

import click

from benchmarks.commands.parts import on_option, publish, repeats_option, scratch, write_option
from benchmarks.peers import continue_among_peers
from benchmarks.report import REPORTS
from benchmarks.server import api_report, changes_report, traces_report, work_report
from benchmarks.server.api import measure_api
from benchmarks.server.changes import measure_changes
from benchmarks.server.traces import measure_traces
from benchmarks.server.work import measure_work
from keepwell.platform.cli.command_line import TerminalProgress, json_option


@click.command("api")
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
    with scratch(folder) as place:
        figures = measure_api(
            place, accounts=accounts, pages=pages, repeats=repeats, progress=TerminalProgress()
        )
    part = (REPORTS / "api.md", "api")
    publish(figures, api_report, part=part, write=write, as_json=as_json)


@click.command("traces")
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
    with scratch(folder) as place:
        figures = measure_traces(
            place, accounts=accounts, pages=pages, repeats=repeats, progress=TerminalProgress()
        )
    part = (REPORTS / "traces.md", "traces")
    publish(figures, traces_report, part=part, write=write, as_json=as_json)


@click.command("changes")
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
    with scratch(folder) as place:
        figures = measure_changes(
            place, transactions=transactions, repeats=repeats, progress=TerminalProgress()
        )
    part = (REPORTS.parent / "changes.md", "changes")
    publish(figures, changes_report, part=part, write=write, as_json=as_json)


@click.command("work")
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
    with scratch(folder) as place:
        figures = measure_work(
            place, jobs=jobs, repeats=repeats, idle_seconds=idle_seconds, progress=TerminalProgress()
        )
    part = (REPORTS / "work.md", "work")
    publish(figures, work_report, part=part, write=write, as_json=as_json)


COMMANDS = [api_command, traces_command, changes_command, work_command]
