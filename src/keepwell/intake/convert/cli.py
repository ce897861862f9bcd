"""The command that converts files of rows. It needs neither a database nor a workspace."""

from __future__ import annotations

import sys
from contextlib import nullcontext, redirect_stdout
from pathlib import Path
from typing import get_args

import click

from keepwell.intake.convert.formats import Format
from keepwell.intake.convert.plain_files import PIPE
from keepwell.intake.convert.service import ConversionContext, ConversionResult, RowFile, convert
from keepwell.intake.schema.drift import sentence
from keepwell.intake.schema.validation import read_schema
from keepwell.platform.cli.command_line import TerminalProgress, json_option, print_json
from keepwell.platform.cli.rejected_rows import require_some_taken
from keepwell.platform.cli.visible import visible
from keepwell.platform.clock import SystemClock
from keepwell.platform.errors import DataValidationError
from keepwell.platform.progress import SilentProgress

_FORMAT = click.Choice(get_args(Format))


@click.command("convert")
@click.argument("source", metavar="IN", type=click.Path(path_type=Path))
@click.argument("target", metavar="OUT", type=click.Path(path_type=Path))
@click.option(
    "--schema",
    "schema_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The JSON Schema of a row; its x-aliases and x-drift say how to fall back.",
)
@click.option("--from", "source_format", type=_FORMAT, help="If the name of IN does not show it.")
@click.option("--to", "target_format", type=_FORMAT, help="If the name of OUT does not show it.")
@click.option(
    "--delimiter",
    metavar="CHARACTER",
    help="Of a CSV file IN: a character, comma, semicolon, tab or pipe; by default the one that fits.",
)
@click.option(
    "--dead-letters",
    "dead_letters",
    type=click.Path(dir_okay=False, path_type=Path),
    help="For rejected rows; by default OUT.dead-letters.jsonl.",
)
@json_option
def convert_command(
    source: Path,
    target: Path,
    schema_file: Path | None,
    source_format: Format | None,
    target_format: Format | None,
    delimiter: str | None,
    dead_letters: Path | None,
    as_json: bool,
) -> None:
    """Convert CSV, JSON, JSON Lines and YAML into one another, by the names of IN and OUT.

    With a schema, fields get its names and types, and each kind of drift is reported once. A name may end in
    .gz or .zst; - is a pipe. The exit code is 3 if all rows were rejected.

    \b
    Example: ./keepwell convert export.csv rows.jsonl --schema row.schema.json
    """  # noqa: D301  click's mark for a paragraph that it must not wrap
    places = (
        RowFile.of(source, source_format, option="--from", delimiter=delimiter),
        RowFile.of(target, target_format, option="--to"),
    )
    work = ConversionContext(
        schema=read_schema(schema_file) if schema_file else None,
        clock=SystemClock(),
        progress=SilentProgress() if target == PIPE else TerminalProgress(),
    )
    converted = convert(*places, dead_letters=_dead_letters(dead_letters, target), work=work)
    if as_json:
        # Standard output is for the rows.
        with redirect_stdout(sys.stderr) if target == PIPE else nullcontext():
            print_json(converted)
    else:
        _print(converted)
    require_some_taken(
        converted.dead_letters,
        taken=converted.rows,
        hint=f"Each is in {converted.dead_letters_file} with its reason.",
    )


def _dead_letters(named: Path | None, target: Path) -> Path:
    if named is None and target == PIPE:
        raise DataValidationError(
            "With a pipe as OUT, rejected rows need a file.", hint="Name one: --dead-letters FILE."
        )
    return named or target.with_name(f"{target.name}.dead-letters.jsonl")


def _print(converted: ConversionResult) -> None:
    click.echo(f"{converted.rows:,} rows, {converted.dead_letters:,} dead letters.", err=True)
    if converted.dead_letters_file:
        click.echo(visible(f"The dead letters are in {converted.dead_letters_file}."), err=True)
    for noted in converted.drift:
        where = f"first at {noted.first}, last at {noted.last}"
        click.echo(visible(f"Drift: {sentence(noted.change)}. Rows: {noted.rows:,}, {where}."), err=True)
