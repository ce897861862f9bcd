"""The commands `up` and `demo`."""

from __future__ import annotations

from datetime import date

import click

from keepwell.app.demo import DEFAULT_SEED, Sample, fill
from keepwell.app.server import ServeOptions, serve
from keepwell.platform.cli.command_line import Day, Target, TerminalProgress, run, targets_workspace
from keepwell.platform.clock import SystemClock, today
from keepwell.platform.database import Database
from keepwell.platform.database_server import open_database
from keepwell.platform.telemetry.prometheus import metrics_port_option, serve_metrics
from keepwell.sample.service import DEFAULT_ACCOUNTS

_port = click.option(
    "--port", type=click.IntRange(0, 65535), help="Default: the first free one from 8765 on; 0: any."
)
_no_browser = click.option("--no-browser", is_flag=True, help="Do not open a browser.")


@click.command()
@_port
@_no_browser
@metrics_port_option
@targets_workspace
def up(target: Target, port: int | None, no_browser: bool, metrics_port: int | None) -> None:
    """Serve the dashboard and the API until Ctrl-C; prints a one-time sign-in link.

    Example: ./keepwell up --port 9000 --no-browser
    """
    if metrics_port is not None:
        serve_metrics(metrics_port)
    run(serve(target, ServeOptions(port=port, open_browser=not no_browser)))


@click.command()
@_port
@_no_browser
@click.option(
    "--seed", type=int, default=DEFAULT_SEED, show_default=True, help="Generates another sample business."
)
@click.option("--until", type=Day(), help="The sample's last day; default: today.")
@click.option(
    "--accounts",
    type=click.IntRange(min=1),
    default=DEFAULT_ACCOUNTS,
    show_default=True,
    help="The number of accounts to generate.",
)
@click.option("--fill-only", is_flag=True, help="Generate the sample business and stop.")
@targets_workspace
def demo(
    target: Target,
    port: int | None,
    no_browser: bool,
    seed: int,
    until: date | None,
    accounts: int,
    fill_only: bool,
) -> None:
    """Generate a synthetic sample business, score it, and serve the dashboard on it.

    If the sample business exists already, it is served at once.

    Example: ./keepwell demo --no-browser
    """
    sample = Sample(seed=seed, until=until or today(SystemClock()), accounts=accounts)
    if fill_only:
        run(_fill(target, sample))
        return

    async def prepare(database: Database) -> None:
        await fill(database, target, sample, progress=TerminalProgress())

    run(serve(target, ServeOptions(port=port, open_browser=not no_browser), prepare=prepare))


async def _fill(target: Target, sample: Sample) -> None:
    async with open_database(target.settings) as database:
        await fill(database, target, sample, progress=TerminalProgress())
