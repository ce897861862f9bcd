"""Commands: list, show and replay rejected rows."""

from __future__ import annotations

from pathlib import Path

import click
from rich.table import Table

from keepwell.identity import service as identity
from keepwell.intake.dead_letters.model import id_among_journals
from keepwell.intake.dead_letters.service import contains_events, replay
from keepwell.intake.events.event_journal import EventJournal
from keepwell.intake.journal.dead_letters import (
    ReplayResult,
    StoredDeadLetter,
    stored_dead_letter,
    stored_dead_letters,
)
from keepwell.intake.journal.folders import arrival_of_replayed, journal_folders, require_journals
from keepwell.intake.model import OWN_JOURNAL, DeadLetter
from keepwell.intake.schema.validation import Schema, read_schema
from keepwell.platform.cli.command_line import (
    Target,
    json_option,
    print_json,
    print_table,
    run,
    targets_workspace,
)
from keepwell.platform.cli.visible import visible
from keepwell.platform.clock import SystemClock
from keepwell.platform.database_server import open_database

_folder = click.argument(
    "folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path)
)
_reason = click.option(
    "--reason", "--code", "code", metavar="CODE", help="Only those with this code, such as duplicate-id."
)

# A wrong file can have millions, of which a terminal keeps the last few.
_MOST_LISTED = 200


@click.group("dead-letters")
def dead_letters() -> None:
    """Rejected rows, each with the reason."""


@dead_letters.command("list")
@_folder
@_reason
@click.option(
    "--resolved", "with_resolved", is_flag=True, help="Also those whose file was imported again without them."
)
@json_option
@targets_workspace
def list_command(
    target: Target, folder: Path | None, code: str | None, *, with_resolved: bool, as_json: bool
) -> None:
    """List the dead letters of the workspace, or of an intake FOLDER, oldest first.

    Letters that were replayed and accepted are left out, and those that are resolved: their file was imported
    again, and the row was not rejected any more. If it is rejected once more, the letter is back. A workspace lists those of imports, then those of
    the HTTP intake, then those of `tail`. The table has the first 200; --json prints all.

    Example: ./keepwell dead-letters list --reason duplicate-id --json
    """
    journals = _own(folder) if folder else journal_folders(run(_folder_of(target)))
    letters = [
        (id_among_journals(journal, stored.id), stored)
        for journal, root in journals.items()
        for stored in stored_dead_letters(root, code=code, with_resolved=with_resolved)
    ]
    if as_json:
        print_json([_as_document(stored, letter_id) for letter_id, stored in letters])
        return
    title = f"{len(letters):,} dead letters"
    shown = letters[:_MOST_LISTED]
    if len(shown) < len(letters):
        title += f", the first {len(shown)} of them; --json prints all, --code CODE those with one code"
    table = Table(title=title, title_justify="left")
    for heading in ("id", "place", "code", "field", "reason"):
        table.add_column(heading, overflow="fold")
    for letter_id, stored in shown:
        letter = stored.letter
        resolved = f"resolved {stored.resolved_at:%Y-%m-%d}: " if stored.resolved_at else ""
        table.add_row(letter_id, _place(letter), letter.code, letter.field, f"{resolved}{letter.reason}")
    print_table(table)


@dead_letters.command("show")
@click.argument("ids", nargs=-1, required=True, metavar="[FOLDER] ID...")
@json_option
@targets_workspace
def show_command(target: Target, ids: tuple[str, ...], as_json: bool) -> None:
    """Show complete dead letters, by the IDs that `list` prints.

    Example: ./keepwell dead-letters show intake 0:17
    """
    folder, chosen = _split(ids)
    if not chosen:
        raise click.UsageError("Name at least one ID; `./keepwell dead-letters list` prints them.")
    root = folder or run(_folder_of(target))
    letters = [(each, _stored_letter(root, each)) for each in chosen]
    if as_json:
        print_json([_as_document(stored, letter_id) for letter_id, stored in letters])
        return
    for letter_id, stored in letters:
        _show(stored, letter_id)


@dead_letters.command("replay")
@_folder
@_reason
@click.option(
    "--schema",
    "schema_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Validate by this schema instead of the last one used.",
)
@json_option
@targets_workspace
def replay_command(
    target: Target, folder: Path | None, code: str | None, schema_file: Path | None, as_json: bool
) -> None:
    """Validate dead letters again; those that are valid now become rows, each once.

    In a workspace, and in every folder with events, they are validated as events.

    Example: ./keepwell dead-letters replay intake --reason schema --schema corrected.schema.json
    """
    schema = read_schema(schema_file) if schema_file else None
    roots = [*_own(folder).values()] if folder else _with_letters(run(_folder_of(target)), code)
    replayed = ReplayResult(0, 0, 0)
    for root in roots:
        replayed += _replay(root, schema, code)
    if as_json:
        print_json(replayed)
        return
    click.echo(f"{replayed.accepted:,} became rows, {replayed.refused:,} were rejected again.")
    if replayed.refused and folder is None:
        click.echo("Rows of an import are validated by importing their file again.")
    if replayed.without_row:
        click.echo(f"{replayed.without_row:,} were too long to be kept: send their source again.")


def _with_letters(root: Path, code: str | None) -> list[Path]:
    """The journals of a workspace that have dead letters: no other must be free of writers."""
    return [each for each in journal_folders(root).values() if any(stored_dead_letters(each, code=code))]


def _replay(root: Path, schema: Schema | None, code: str | None) -> ReplayResult:
    if schema is None and contains_events(root):
        with EventJournal.open(root, clock=SystemClock(), arrival=arrival_of_replayed(root)) as intake:
            return intake.replay(code=code)
    return replay(root, schema=schema, clock=SystemClock(), code=code)


def _split(arguments: tuple[str, ...]) -> tuple[Path | None, tuple[str, ...]]:
    first, *rest = arguments
    return (Path(first), tuple(rest)) if Path(first).is_dir() else (None, arguments)


def _stored_letter(root: Path, position: str) -> StoredDeadLetter:
    # `number:line`, after the name of another journal than the folder's own.
    journal = position.rpartition(":")[0].rpartition(":")[0]
    own = position.removeprefix(f"{journal}:")
    return stored_dead_letter(journal_folders(root).get(journal, root), own)


def _as_document(stored: StoredDeadLetter, letter_id: str) -> dict[str, object]:
    letter = stored.letter
    fields = {name: getattr(letter, name) for name in letter.__struct_fields__}
    fields["resolved_at"] = stored.resolved_at
    return {"id": letter_id, **{name: value for name, value in fields.items() if value not in (None, "")}}


def _place(letter: DeadLetter) -> str:
    return letter.source if letter.line is None else f"{letter.source}:{letter.line}"


def _show(stored: StoredDeadLetter, letter_id: str) -> None:
    letter = stored.letter
    click.secho(visible(f"{letter_id}  {_place(letter)}"), bold=True)
    offset = "" if letter.offset is None else f", byte {letter.offset:,}"
    field = f" at {visible(letter.field)}" if letter.field else ""
    click.echo(f"{letter.code}{field}{offset}, {letter.received_at:%Y-%m-%d %H:%M:%S} UTC")
    click.echo(visible(letter.reason))
    if stored.resolved_at:
        click.echo(
            f"Resolved {stored.resolved_at:%Y-%m-%d %H:%M:%S} UTC: its file was imported again without it."
        )
    row = letter.row_bytes()
    if row is None:
        click.echo(f"({letter.length:,} bytes, SHA-256 {letter.sha256})")
    else:
        click.echo(visible(row.decode("utf-8", "backslashreplace")))


def _own(folder: Path) -> dict[str, Path]:
    require_journals(folder)
    return {OWN_JOURNAL: folder}


async def _folder_of(target: Target) -> Path:
    async with open_database(target.settings) as database, database.transaction() as connection:
        workspace = await identity.get_workspace(connection, target.workspace)
    return target.settings.intake(workspace.id)
