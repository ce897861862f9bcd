"""The command that tests the guarantees of intake on this machine."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from keepwell.intake.drill.service import drill_intake
from keepwell.platform.cli.command_line import TerminalProgress, json_option, print_json
from keepwell.platform.clock import SystemClock
from keepwell.platform.errors import CorruptData


@click.group("drill")
def drill() -> None:
    """Cause the faults that Keepwell must survive, and count their effects."""


@drill.command("intake")
@click.option(
    "--kills", default=50, show_default=True, type=click.IntRange(min=1), help="The number of kill -9."
)
@click.option(
    "--seed", default=1, show_default=True, help="Determines the sequence of writes, rotations and kills."
)
@click.option(
    "--on",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Use the disk of this folder instead of that for temporary files.",
)
@json_option
def intake_command(kills: int, seed: int, folder: Path | None, as_json: bool) -> None:
    """Follow files that are written and rotated, kill the process repeatedly, and count the rows.

    Your data is not touched: everything happens in a temporary folder. Exits with 4 if a row was lost or
    duplicated.

    Example: ./keepwell drill intake --kills 200 --json
    """
    with tempfile.TemporaryDirectory(prefix="keepwell-drill-", dir=folder) as place:
        done = drill_intake(
            Path(place), kills=kills, seed=seed, clock=SystemClock(), progress=TerminalProgress()
        )
    if as_json:
        print_json(done)
    else:
        click.echo(f"{done.kills:,} kills, {done.rotations:,} rotations, {done.rows:,} rows written.")
        click.echo(f"lost = {done.lost}, doubled = {done.doubled}, damages = {done.damages}")
        if done.named:
            click.echo(
                f"Rows that were repeated from files that were named as perhaps read before: {done.named:,}."
            )
        for finding in done.findings:
            click.echo(finding)
    if done.lost or done.doubled or done.damages:
        raise CorruptData(
            "The drill found lost, duplicated or damaged rows.",
            hint="Please report it with this output and the kind of disk.",
        )
