"""The command `import`: exports by a mapping, Stripe, the list of imports, and undo."""

from __future__ import annotations

import difflib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import click
import msgspec

from keepwell.importing.cli_output import currency_code, open_import, report_dry_run, report_import
from keepwell.importing.import_log.cli import list_command, undo_command
from keepwell.importing.mapping.mapping_file import read_mapping
from keepwell.importing.registered import registered_entities
from keepwell.importing.service import dry_run_export, import_export
from keepwell.importing.stripe.cli import stripe_command, stripe_webhook_command
from keepwell.platform.cli.command_line import (
    Target,
    json_option,
    run,
    targets_workspace,
)
from keepwell.platform.errors import DataValidationError
from keepwell.platform.telemetry.prometheus import counted_into, metrics_file_option

Result = TypeVar("Result")

_DEFAULT = "folder"


class _Sources(click.Group):
    """A group that treats anything but its commands as the folder of an export."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Insert the default command if the arguments name none."""
        if not args or args[0] not in {*self.commands, *ctx.help_option_names}:
            args = [_DEFAULT, *args]
        return super().parse_args(ctx, args)


@click.group("import", cls=_Sources)
def import_command() -> None:
    """Import records and events, list imports, and undo them.

    `import FOLDER` is short for `import folder FOLDER`; see `import folder --help` for its options.

    Example: ./keepwell import --mapping examples/ravenstack.yaml ~/exports
    """


def _existing_folder(ctx: click.Context, param: click.Parameter, folder: Path) -> Path:  # noqa: ARG001  click's signature
    """`folder`, if it is one; a mistyped command of `import` ends up here too."""
    if folder.is_dir():
        return folder
    if folder.exists():
        raise DataValidationError(
            f"{folder} is a file; the argument is the folder that contains it.",
            hint=f"Name the folder: {folder.absolute().parent}. The mapping says which files in it are read.",
        )
    near = difflib.get_close_matches(str(folder), import_command.commands, n=1)
    raise DataValidationError(
        f"There is no folder {folder}.",
        hint=f"Did you mean `./keepwell import {near[0]}`?" if near else "Name the folder of the export.",
    )


def _named_mapping(ctx: click.Context, param: click.Parameter, mapping: Path | None) -> Path:
    """The mapping, which is required; the error says where to get one."""
    if mapping is None:
        raise click.MissingParameter(
            "Write one as docs/mapping.md shows, or name `stripe` for Stripe's own exports.", ctx, param
        )
    return mapping


@import_command.command(_DEFAULT)
# Eager, because without a folder nothing that the options say matters.
@click.argument("folder", type=click.Path(path_type=Path), is_eager=True, callback=_existing_folder)
@click.option(
    "--mapping",
    callback=_named_mapping,
    type=click.Path(path_type=Path),
    help="The mapping file that assigns columns to fields, or `stripe` for Stripe's own exports.",
)
@click.option(
    "--currency", metavar="CODE", help="The report currency of a new workspace, if the mapping names none."
)
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
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
    """Import the files of FOLDER by a mapping; the workspace is created if it does not exist.

    Running it again changes nothing that was imported already. Rows that cannot be imported are kept as
    dead letters with file, line and reason; the other rows are imported. The exit code is 3 if all rows were
    rejected.

    Example: ./keepwell import folder --dry-run --mapping stripe --currency EUR ~/exports
    """
    options = _ImportOptions(folder, mapping, currency_code(currency))
    if dry_run:
        found = run(_run(target, options, dry_run_export))
        report_dry_run(found, as_json=as_json)
        return
    with counted_into(metrics_file):
        summary = run(_run(target, options, import_export))
    report_import(summary, as_json=as_json)


for command in (stripe_command, stripe_webhook_command, list_command, undo_command):
    import_command.add_command(command)


class _ImportOptions(msgspec.Struct, frozen=True):
    folder: Path
    mapping: Path
    currency: str | None


async def _run(target: Target, options: _ImportOptions, work_on: Callable[..., Awaitable[Result]]) -> Result:
    mapping = read_mapping(options.mapping, registered_entities().fields)
    async with open_import(target, currency=options.currency) as work:
        return await work_on(work, mapping, folder=options.folder)
