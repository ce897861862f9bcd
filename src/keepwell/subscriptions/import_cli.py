"""The command that imports an export; apart from the others because it loads the lake's libraries."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TypeVar

import click
import msgspec
from rich.table import Table

from keepwell.identity.service import system_keys
from keepwell.platform.command_line import (
    Target,
    TerminalProgress,
    json_option,
    print_json,
    print_table,
    run,
    targets_workspace,
)
from keepwell.platform.errors import DataValidationError
from keepwell.platform.runtime import open_database
from keepwell.subscriptions.importing import (
    Importing,
    ImportSummary,
    Rehearsed,
    import_export,
    rehearse_export,
)
from keepwell.subscriptions.imports.cli import list_command, undo_command
from keepwell.subscriptions.mapping import read_mapping
from keepwell.subscriptions.reporting import DriftView

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
@json_option
@targets_workspace
def folder_command(
    target: Target, *, folder: Path, mapping: Path, currency: str | None, dry_run: bool, as_json: bool
) -> None:
    """Import the files of FOLDER as a mapping says; the workspace is made where it is missing.

    Running it again changes nothing that is there already. Rows that cannot be imported are kept as
    dead letters with file, line and reason; the good rows are imported all the same.

    Example: ./keepwell import folder --dry-run --mapping stripe --currency EUR ~/exports
    """
    asked = _Asked(folder, mapping, _code(currency))
    if dry_run:
        rehearsed = run(_run(target, asked, rehearse_export))
        (print_json if as_json else _print_rehearsed)(rehearsed)
        return
    summary = run(_run(target, asked, import_export))
    (print_json if as_json else _print_summary)(summary)


import_command.add_command(list_command)
import_command.add_command(undo_command)


class _Asked(msgspec.Struct, frozen=True):
    folder: Path
    mapping: Path
    currency: str | None


def _code(currency: str | None) -> str | None:
    if currency is not None and not re.fullmatch(r"[A-Z]{3}", currency):
        raise DataValidationError(
            f"{currency!r} is no code of a currency.", hint="For example --currency USD."
        )
    return currency


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


def _print_rehearsed(rehearsed: Rehearsed) -> None:
    _print_summary(rehearsed.summary, title="A dry run of an import")
    for change in rehearsed.changes:
        fields = ", ".join(f"{name} from {old!r} to {new!r}" for name, (old, new) in change.fields.items())
        click.echo(f"  {change.entity} {change.external_id!r} would change: {fields}")
    for letter in rehearsed.dead_letters:
        click.echo(f"  {letter.source}:{letter.line} would be dead-lettered: {letter.field}: {letter.reason}")
    click.echo("Nothing was changed.")


def _print_summary(summary: ImportSummary, *, title: str = "Import") -> None:
    table = Table(title=f"{title} into workspace {summary.workspace!r}", title_justify="left")
    for heading in ("entity", "file"):
        table.add_column(heading)
    headings = ("read", "imported", "of them changed", "unchanged", "skipped", "dead-lettered")
    for heading in headings:
        table.add_column(heading, justify="right")
    for name, counts in summary.entities.items():
        numbers = (
            counts.read,
            counts.imported,
            counts.updated,
            counts.unchanged,
            counts.skipped,
            counts.dead_lettered,
        )
        table.add_row(name, counts.file, *(f"{number:,}" for number in numbers))
    print_table(table)
    for name, counts in summary.entities.items():
        for reason, number in sorted(counts.reasons.items()):
            click.echo(f"  {name}: {number:,} dead-lettered as {reason}")
        if counts.dead_lettered:
            click.echo(f"  {name}: {counts.already_dead_lettered:,} of them were held already")
    _print_lines("Drift", [_drift_line(each) for each in summary.drift])
    _print_lines("Assumed", summary.assumptions)
    if not summary.changed:
        click.echo("Nothing changed: every row was there already.")


def _drift_line(drift: DriftView) -> str:
    came = f" as {drift.came!r}" if drift.came else ""
    return f"{drift.entity}: {drift.kind} {drift.column!r}{came}, {drift.rows:,} rows, first at {drift.first}"


def _print_lines(heading: str, lines: Sequence[str]) -> None:
    if lines:
        click.echo(f"{heading}:")
    for line in lines:
        click.echo(f"  {line}")
