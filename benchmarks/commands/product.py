"""Benchmarks of the product as a business meets it: its figures, its pages, and its room on disk."""

from __future__ import annotations

from pathlib import Path

import click

from benchmarks import footprint, revenue_report
from benchmarks.commands.parts import on_option, publish, repeats_option, scratch, write_option
from benchmarks.dashboard import report as dashboard_report
from benchmarks.dashboard.measure import measure_dashboard
from benchmarks.report import REPORTS
from benchmarks.revenue import measure_revenue
from keepwell.platform.cli.command_line import TerminalProgress, json_option


@click.command("revenue")
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
    with scratch(folder) as place:
        figures = measure_revenue(
            place, subscriptions=subscriptions, repeats=repeats, progress=TerminalProgress()
        )
    part = (REPORTS / "revenue.md", "revenue")
    publish(figures, revenue_report, part=part, write=write, as_json=as_json)


@click.command("dashboard")
@click.option(
    "--accounts",
    default=100_000,
    show_default=True,
    type=click.IntRange(min=500),
    help="Number of accounts.",
)
@repeats_option
@on_option
@write_option
@json_option
def dashboard_command(accounts: int, repeats: int, folder: Path | None, write: bool, as_json: bool) -> None:
    """What the dashboard weighs, how fast its pages are there, and how a long list scrolls; needs Chromium.

    Example: ./keepwell bench dashboard --accounts 5000 --repeats 1
    """
    with scratch(folder) as place:
        figures = measure_dashboard(place, accounts=accounts, repeats=repeats, progress=TerminalProgress())
    part = (REPORTS / "dashboard.md", "dashboard")
    publish(figures, dashboard_report, part=part, write=write, as_json=as_json)


@click.command("footprint")
@on_option
@write_option
@json_option
def footprint_command(folder: Path | None, write: bool, as_json: bool) -> None:
    """What each environment of Keepwell takes on disk, package by package.

    Installs every lock into a temporary folder: some minutes and 5 GB.

    Example: ./keepwell bench footprint --json
    """
    with scratch(folder) as place:
        figures = footprint.measure_footprint(place, progress=TerminalProgress())
    part = (REPORTS / "footprint.md", "footprint")
    publish(figures, footprint, part=part, write=write, as_json=as_json)


COMMANDS = [revenue_command, dashboard_command, footprint_command]
