"""Commands: look at the rows that could not be taken."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from keepwell.intake.service import read_dead_letters
from keepwell.platform.command_line import json_option, print_json


@click.group("dead-letters")
def dead_letters() -> None:
    """Rows that could not be taken, with the reason."""


@dead_letters.command("list")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--code", metavar="CODE", help="Only those with this code, such as duplicate-id.")
@json_option
def list_command(folder: Path, code: str | None, as_json: bool) -> None:
    """List the dead letters of an intake FOLDER, oldest first.

    Example: ./keepwell dead-letters list ~/.local/share/keepwell/intake/WORKSPACE_ID --code duplicate-id
    """
    letters = list(read_dead_letters(folder, code=code))
    if as_json:
        print_json(letters)
        return
    table = Table(title=f"{len(letters):,} dead letters", title_justify="left")
    for heading in ("place", "code", "field", "reason"):
        table.add_column(heading, overflow="fold")
    for letter in letters:
        place = letter.source if letter.line is None else f"{letter.source}:{letter.line}"
        table.add_row(place, letter.code, letter.field, letter.reason)
    Console().print(table)
