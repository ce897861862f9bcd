"""The command `sample`: writes the files of the sample business, without importing them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click
import msgspec

from keepwell.platform.cli.command_line import Day, TerminalProgress
from keepwell.platform.clock import SystemClock, today
from keepwell.sample.service import DEFAULT_ACCOUNTS, DEFAULT_SEED, write_export


@click.command("sample")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--seed", type=int, default=DEFAULT_SEED, show_default=True, help="Generates another business.")
@click.option("--until", type=Day(), help="The day after the last one; default: today.")
@click.option(
    "--accounts",
    type=click.IntRange(min=1),
    default=DEFAULT_ACCOUNTS,
    show_default=True,
    help="The number of accounts to generate.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
def sample(folder: Path, seed: int, until: date | None, accounts: int, as_json: bool) -> None:
    """Write the sample business's files to FOLDER: its exports, its events, and what was planted in it.

    An earlier sample in the folder is replaced; other files stay.

    Example: ./keepwell sample my-sample --accounts 120 --until 2026-07-01
    """
    written = write_export(
        folder,
        seed=seed,
        until=until or today(SystemClock()),
        accounts=accounts,
        progress=TerminalProgress(),
    )
    if as_json:
        click.echo(msgspec.json.encode(written, enc_hook=str).decode())
        return
    click.echo(
        f"{written.accounts:,} accounts, {written.subscribers:,} of them paying on the last day, and "
        f"{written.events:,} events in {written.folder}: all synthetic."
    )
