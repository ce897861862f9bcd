"""How a command ends that rejected rows: it failed only if it could take none of them.

A row that is kept as a dead letter with its reason is no failure of the command, so that scripts go on.
"""

from __future__ import annotations

import click

from keepwell.platform.cli.visible import visible
from keepwell.platform.errors import DataValidationError


def require_some_taken(rejected: int, *, taken: int, hint: str) -> None:
    """Raise DataValidationError if rows were rejected and no other row was `taken`."""
    if rejected and not taken:
        raise DataValidationError(f"No row could be taken: all {rejected:,} were rejected.", hint=hint)


def report_rejected(rejected: int, *, taken: int, hint: str, is_dry_run: bool = False) -> None:
    """Say on stderr how many rows were, or would be, rejected; raises DataValidationError if no other row was `taken`."""
    require_some_taken(rejected, taken=taken, hint=hint)
    if not rejected:
        return
    rows = "1 row" if rejected == 1 else f"{rejected:,} rows"
    were = "would be" if is_dry_run else "were"
    was = "was" if rejected == 1 and not is_dry_run else were
    click.echo(visible(f"{rows} {was} rejected; all others {were} taken. {hint}"), err=True)
