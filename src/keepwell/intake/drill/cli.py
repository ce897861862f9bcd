"""The command that tries what intake promises on this very machine."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from keepwell.intake.drill.service import drill_intake
from keepwell.platform.clock import SystemClock
from keepwell.platform.command_line import TerminalProgress, json_option, print_json
from keepwell.platform.errors import CorruptData


@click.group("drill")
def drill() -> None:
    """Cause the faults that Keepwell must survive, and count what they did."""


@drill.command("intake")
@click.option("--kills", default=50, show_default=True, type=click.IntRange(min=1), help="How many kill -9.")
@click.option("--seed", default=1, show_default=True, help="Another seed is another drill.")
@click.option(
    "--on",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Work on the disk of this folder, in place of the one for temporary files.",
)
@json_option
def intake_command(kills: int, seed: int, folder: Path | None, as_json: bool) -> None:
    """Follow files that are written and rotated, kill the process again and again, and count the rows.

    Nothing of yours is touched: all of it happens in a folder that is removed again. Exits with 4 where
    a row was lost or doubled.

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
    if done.lost or done.doubled or done.damages:
        raise CorruptData(
            "The drill found rows lost, doubled or damaged.",
            hint=f"Please report it with the seed {seed}, the number of kills and the kind of disk.",
        )
