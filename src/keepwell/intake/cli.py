"""Commands: look at the rows that could not be taken."""

from __future__ import annotations

from pathlib import Path

import click
from rich.table import Table

from keepwell.identity import service as identity
from keepwell.intake.service import read_dead_letters
from keepwell.platform.command_line import (
    Target,
    json_option,
    print_json,
    print_table,
    run,
    targets_workspace,
)
from keepwell.platform.runtime import open_database


@click.group("dead-letters")
def dead_letters() -> None:
    """Rows that could not be taken, with the reason."""


@dead_letters.command("list")
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--code", metavar="CODE", help="Only those with this code, such as duplicate-id.")
@json_option
@targets_workspace
def list_command(target: Target, folder: Path | None, code: str | None, as_json: bool) -> None:
    """List the dead letters of the workspace, or of an intake FOLDER, oldest first.

    Example: ./keepwell dead-letters list --code duplicate-id --json
    """
    letters = list(read_dead_letters(folder or run(_folder_of(target)), code=code))
    if as_json:
        print_json(letters)
        return
    table = Table(title=f"{len(letters):,} dead letters", title_justify="left")
    for heading in ("place", "code", "field", "reason"):
        table.add_column(heading, overflow="fold")
    for letter in letters:
        place = letter.source if letter.line is None else f"{letter.source}:{letter.line}"
        table.add_row(place, letter.code, letter.field, letter.reason)
    print_table(table)


async def _folder_of(target: Target) -> Path:
    async with open_database(target.settings) as database, database.transaction() as connection:
        workspace = await identity.get_workspace(connection, target.workspace)
    return target.settings.intake(workspace.id)
