"""The command that imports an export; apart from the others because it loads the lake's libraries."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import click
import msgspec

from keepwell.identity.service import system_keys
from keepwell.platform.command_line import (
    Target,
    TerminalProgress,
    json_option,
    print_json,
    run,
    targets_workspace,
)
from keepwell.platform.prometheus import counted_into, metrics_file_option
from keepwell.platform.runtime import open_database
from keepwell.subscriptions.importing import Importing, import_export, rehearse_export
from keepwell.subscriptions.imports.cli import list_command, undo_command
from keepwell.subscriptions.mapping import read_mapping
from keepwell.subscriptions.stripe.cli import stripe_command, stripe_webhook_command
from keepwell.subscriptions.summaries import currency_code, print_rehearsed, print_summary

Result = TypeVar("Result")

_DEFAULT = "folder"


class _Sources(click.Group):
    """A group in which anything that is none of its commands is the folder of an export."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the default command before arguments that name none."""
        if not args or args[0] not in {*self.commands, *ctx.help_option_names}:
            args = [_DEFAULT, *args]
        return super().parse_args(ctx, args)


@click.group("import", cls=_Sources)
def import_command() -> None:
    """Bring records and events in, list what was brought in, and take it back.

    What is none of the commands is a folder: `import FOLDER` is short for `import folder FOLDER`, whose options
    `import folder --help` tells.

    Example: ./keepwell import --mapping examples/ravenstack.yaml ~/exports
    """


@import_command.command(_DEFAULT)
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--mapping",
    required=True,
    type=click.Path(path_type=Path),
    help="Which file and column feeds which field: a file, or `stripe` for Stripe's own exports.",
)
@click.option(
    "--currency", metavar="CODE", help="What a new workspace reports in, where the mapping does not say."
)
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@metrics_file_option
@json_option
@targets_workspace
def folder_command(
    target: Target,
    *,
    folder: Path,
    mapping: Path,
    currency: str | None,
    dry_run: bool,
    metrics_file: Path | None,
    as_json: bool,
) -> None:
    """Import the files of FOLDER as a mapping says; the workspace is made where it is missing.

    Running it again changes nothing that is there already. Rows that cannot be imported are kept as
    dead letters with file, line and reason; the good rows are imported all the same.

    Example: ./keepwell import folder --dry-run --mapping stripe --currency EUR ~/exports
    """
    asked = _Asked(folder, mapping, currency_code(currency))
    if dry_run:
        rehearsed = run(_run(target, asked, rehearse_export))
        (print_json if as_json else print_rehearsed)(rehearsed)
        return
    with counted_into(metrics_file):
        summary = run(_run(target, asked, import_export))
    (print_json if as_json else print_summary)(summary)


for command in (stripe_command, stripe_webhook_command, list_command, undo_command):
    import_command.add_command(command)


class _Asked(msgspec.Struct, frozen=True):
    folder: Path
    mapping: Path
    currency: str | None


async def _run(target: Target, asked: _Asked, work_on: Callable[..., Awaitable[Result]]) -> Result:
    mapping = read_mapping(asked.mapping)
    async with open_database(target.settings) as database:
        work = Importing(
            database=database,
            settings=target.settings,
            slug=target.workspace,
            keys=system_keys(),
            progress=TerminalProgress(),
            currency=asked.currency,
        )
        return await work_on(work, mapping, folder=asked.folder)
