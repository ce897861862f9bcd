"""The command `demo`."""

from __future__ import annotations

from datetime import date

import click

from keepwell.app.demo.service import Sample, fill
from keepwell.app.serve.cli import no_browser_option, port_option
from keepwell.app.serve.listen_address import host_option
from keepwell.app.serve.server import ServeOptions, serve
from keepwell.platform.cli.command_line import Day, Target, TerminalProgress, run, targets_workspace
from keepwell.platform.clock import SystemClock, today
from keepwell.platform.database import Database
from keepwell.platform.database_server import open_database
from keepwell.sample.service import DEFAULT_ACCOUNTS, DEFAULT_SEED


@click.command()
@host_option
@port_option
@no_browser_option
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
    host: str,
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

    run(serve(target, ServeOptions(host=host, port=port, open_browser=not no_browser), prepare=prepare))


async def _fill(target: Target, sample: Sample) -> None:
    async with open_database(target.settings) as database:
        await fill(database, target, sample, progress=TerminalProgress())
