"""What the import commands share: the currency option's check, their surroundings, and how a summary is printed."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import click
from rich.table import Table

from keepwell.importing.registered import registered_entities
from keepwell.importing.reports import DriftView
from keepwell.importing.service import DryRun, ImportContext, ImportSummary
from keepwell.platform.cli.command_line import (
    Target,
    TerminalProgress,
    event_bus,
    print_json,
    print_table,
)
from keepwell.platform.cli.rejected_rows import report_rejected
from keepwell.platform.cli.visible import visible
from keepwell.platform.database_server import open_database
from keepwell.platform.errors import DataValidationError
from keepwell.platform.runtime import system_runtime

_FURTHER = (
    "Further records: a row with a trial becomes a record of the trial and one of the paid period, and a stored "
    "subscription continues if the row that follows it was dead-lettered."
)


def currency_code(currency: str | None) -> str | None:
    """`currency`, if it is a code such as EUR; else raises DataValidationError."""
    if currency is not None and not re.fullmatch(r"[A-Z]{3}", currency):
        raise DataValidationError(f"{currency!r} is not a currency code.", hint="For example --currency USD.")
    return currency


def report_dry_run(found: DryRun, *, as_json: bool) -> None:
    """Print what an import would do; raises as `report_rejections`."""
    (print_json if as_json else print_dry_run)(found)
    report_rejections(found.summary, is_dry_run=True)


def report_import(summary: ImportSummary, *, as_json: bool) -> None:
    """Print what an import did; raises as `report_rejections`."""
    (print_json if as_json else print_summary)(summary)
    report_rejections(summary)


@asynccontextmanager
async def open_import(target: Target, *, currency: str | None) -> AsyncIterator[ImportContext]:
    """The surroundings of an import into the workspace of `target`."""
    runtime = system_runtime()
    async with open_database(target.settings) as database:
        yield ImportContext(
            database=database,
            settings=target.settings,
            slug=target.workspace,
            runtime=runtime,
            bus=event_bus(runtime),
            progress=TerminalProgress(),
            registry=registered_entities(),
            currency=currency,
        )


def print_dry_run(found: DryRun) -> None:
    """Print what an import would do."""
    _print_counts(found.summary, title="A dry run of an import")
    for change in found.changes:
        fields = ", ".join(f"{name} from {old!r} to {new!r}" for name, (old, new) in change.fields.items())
        click.echo(visible(f"  {change.entity} {change.external_id!r} would change: {fields}"))
    counts = found.summary.entities.values()
    if sum(each.dead_lettered for each in counts) > len(found.dead_letters):
        click.echo("The first dead letters of each kind:")
    for letter in found.dead_letters:
        place = f"{letter.source}:{letter.line}"
        click.echo(visible(f"  {place} would be dead-lettered: {letter.field}: {letter.reason}"))
    click.echo("Nothing was changed.")


def report_rejections(summary: ImportSummary, *, is_dry_run: bool = False) -> None:
    """Say how many rows were dead-lettered; raises DataValidationError if no other row was taken."""
    counts = summary.entities.values()
    where = f"./keepwell dead-letters list --workspace {summary.workspace}"
    listed = (
        "The list above has the first of each kind."
        if is_dry_run
        else f"`{where}` shows each with its reason."
    )
    report_rejected(
        sum(each.dead_lettered for each in counts),
        taken=sum(each.imported + each.unchanged + each.skipped for each in counts),
        hint=f"{listed} Correct them in the file and import it again.",
        is_dry_run=is_dry_run,
    )


def print_summary(summary: ImportSummary) -> None:
    """Print what an import did."""
    _print_counts(summary, title="Import")


def _print_counts(summary: ImportSummary, *, title: str) -> None:
    table = Table(title=f"{title} into workspace {summary.workspace!r}", title_justify="left")
    for heading in ("entity", "file"):
        table.add_column(heading)
    headings = (
        *("rows read", "further records", "imported", "updated"),
        *("unchanged", "skipped", "dead-lettered"),
    )
    for heading in headings:
        table.add_column(heading, justify="right")
    for name, counts in summary.entities.items():
        numbers = (
            counts.read,
            counts.derived,
            counts.imported,
            counts.updated,
            counts.unchanged,
            counts.skipped,
            counts.dead_lettered,
        )
        table.add_row(name, counts.file, *(f"{number:,}" for number in numbers))
    print_table(table)
    click.echo("rows read + further records = imported + unchanged + skipped + dead-lettered")
    if any(counts.derived for counts in summary.entities.values()):
        click.echo(_FURTHER)
    for name, counts in summary.entities.items():
        for reason, number in sorted(counts.reasons.items()):
            click.echo(f"  {name}: {number:,} dead-lettered as {reason}")
        if counts.already_dead_lettered:
            click.echo(f"  {name}: {counts.already_dead_lettered:,} of these an earlier import rejected too")
    _print_lines("Drift", [_drift_line(each) for each in summary.drift])
    _print_lines("Assumed", summary.assumptions)
    if not summary.changed:
        click.echo("Nothing changed: no row is new or different.")


def _drift_line(drift: DriftView) -> str:
    found = f" as {drift.found!r}" if drift.found else ""
    return (
        f"{drift.entity}: {drift.kind} {drift.column!r}{found}, {drift.rows:,} rows, first at {drift.first}"
    )


def _print_lines(heading: str, lines: Sequence[str]) -> None:
    if lines:
        click.echo(f"{heading}:")
    for line in lines:
        click.echo(visible(f"  {line}"))
