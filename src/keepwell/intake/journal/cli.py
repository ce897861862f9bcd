"""The command that proves an intake folder. It needs neither a database nor a workspace."""

from __future__ import annotations

from pathlib import Path

import click

from keepwell.intake.journal.verify import Damage, verify
from keepwell.platform.cli.command_line import TerminalProgress, json_option, print_json
from keepwell.platform.cli.visible import visible
from keepwell.platform.errors import CorruptData, NotFound


@click.command("verify")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@json_option
def verify_command(folder: Path, as_json: bool) -> None:
    """Compare every segment in FOLDER with its manifest: length, rows, SHA-256.

    Names each damaged file and its damaged bytes; exits with 4 if there are any, and with 2 if there is nothing to
    verify. Names each followed file whose rows may repeat others, too.

    Example: ./keepwell verify intake --json
    """
    found = verify(folder, progress=TerminalProgress())
    if not found.segments and not found.damages:
        raise NotFound(f"{folder} has no rows yet: there is nothing to verify.")
    if as_json:
        print_json(found)
    else:
        for damage in found.damages:
            click.echo(visible(_line(damage)))
        for doubt in found.doubts:
            click.echo(visible(f"{doubt.source}: {doubt.why}."))
        sums = f"{found.segments:,} segments, {found.rows:,} rows, {found.bytes:,} bytes"
        click.echo(f"{sums} compared: {'damaged' if found.damages else 'all unchanged'}.")
    if found.damages:
        names = ", ".join(dict.fromkeys(damage.file for damage in found.damages))
        raise CorruptData(
            f"{folder} differs from what was committed: {names}.",
            hint="Keep a copy of the folder as it is; then restore the damaged files from a backup.",
        )


def _line(damage: Damage) -> str:
    where = f", bytes {damage.first:,} to {damage.end:,}" if damage.end is not None else ""
    return f"{damage.file}{where}: {damage.what}"
