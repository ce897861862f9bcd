"""The command `churn export`."""

from __future__ import annotations

import secrets
from pathlib import Path

import click

from keepwell.churn.export.model import FILE_FORMATS, FileFormat, Manifest
from keepwell.churn.export.service import ExportContext, export
from keepwell.identity import service as identity
from keepwell.platform.cli.command_line import (
    Target,
    TerminalProgress,
    json_option,
    print_json,
    run,
    targets_workspace,
)
from keepwell.platform.clock import SystemClock
from keepwell.platform.database_server import open_database
from keepwell.platform.secrets import secret_of

_KEY_FILE = "export.key"
_KEY_BYTES = 32


def export_key(target: Target, *, keep: bool) -> bytes:
    """The key of the pseudonyms: a new one that nobody keeps, or that of the home, readable by its owner only.

    Raises Unavailable if the home cannot be written.
    """
    return secret_of(target.settings.home / _KEY_FILE) if keep else secrets.token_bytes(_KEY_BYTES)


@click.command("export")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(FILE_FORMATS),
    default=FILE_FORMATS[0],
    show_default=True,
    help="The format of the files.",
)
@click.option(
    "--keep-key",
    is_flag=True,
    help="Keep the key of the pseudonyms in the home, so that later exports have the same ones.",
)
@json_option
@targets_workspace
def export_command(target: Target, folder: Path, *, form: FileFormat, keep_key: bool, as_json: bool) -> None:
    """Write subscriptions and events to FOLDER for an analyst, with pseudonyms instead of accounts.

    No names, addresses or free texts are in it: docs/notebook.md says what is. An earlier export in the folder is replaced.

    Example: ./keepwell churn export my-export
    """
    written = run(_export(target, folder, form=form, keep_key=keep_key))
    if as_json:
        print_json(written)
        return
    click.echo(
        f"{folder}: {written.accounts:,} accounts under pseudonyms, {written.subscriptions:,} subscriptions and "
        f"{written.events:,} events from {written.first_on} until {written.recorded_until}."
    )
    if written.left_out:
        click.echo(f"Left out, since they may identify someone: {', '.join(written.left_out)}.")


async def _export(target: Target, folder: Path, *, form: FileFormat, keep_key: bool) -> Manifest:
    async with open_database(target.settings) as database:
        async with database.transaction() as connection:
            workspace = await identity.get_workspace(connection, target.workspace)
        work = ExportContext(
            database=database,
            lake=target.settings.lake,
            key=export_key(target, keep=keep_key),
            key_kept=keep_key,
            clock=SystemClock(),
            progress=TerminalProgress(),
        )
        return await export(work, folder, workspace_id=workspace.id, form=form)
