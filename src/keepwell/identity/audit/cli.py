"""Commands that list and verify the audit log."""

from __future__ import annotations

import click

from keepwell.identity import service as identity
from keepwell.identity.audit import service
from keepwell.identity.audit.checkpoints import parse_head, read_checkpoint, write_checkpoint
from keepwell.identity.audit.model import AuditEntry, AuditFilter, ChainVerification, Head
from keepwell.platform.cli.command_line import (
    Target,
    json_option,
    print_json,
    print_listed,
    run,
    targets_workspace,
)
from keepwell.platform.database_server import open_database
from keepwell.platform.errors import CorruptData


@click.group()
def audit() -> None:
    """List who changed what, and verify that the log itself has not been changed."""


@audit.command("list")
@click.option("--action", help="Only this action, such as account.updated.")
@click.option("--subject", help="Only this subject, such as account:ID.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@json_option
@targets_workspace
def list_command(
    target: Target, action: str | None, subject: str | None, *, limit: int, as_json: bool
) -> None:
    """List the newest entries, newest first.

    Example: ./keepwell audit list --action account.deleted --json
    """
    found = run(_list(target, AuditFilter(action=action, subject=subject), limit=limit))
    print_listed(found, _entry_line, as_json=as_json)


def _entry_line(entry: AuditEntry) -> str:
    return f"{entry.sequence:>6}  {entry.at:%Y-%m-%d %H:%M:%S}  {entry.action}  {entry.subject}"


@audit.command("verify")
@click.option(
    "--head", "known", metavar="SEQUENCE:HASH", help="A head that was printed before and kept elsewhere."
)
@json_option
@targets_workspace
def verify_command(target: Target, known: str | None, as_json: bool) -> None:
    """Verify the whole chain: detects changed, removed and truncated entries.

    Exits with code 4 if something is wrong. Keep the head that it prints elsewhere, and pass it as --head next time.

    Example: ./keepwell audit verify --json
    """
    verified = run(_verify(target, [parse_head(known)] if known else []))
    if as_json:
        print_json(verified)
    elif not verified.findings:
        bare = (
            f" ({verified.redacted} without contents, which an erasure removed)" if verified.redacted else ""
        )
        click.echo(f"{verified.entries} entries, all intact{bare}. Head: {verified.head}")
    if verified.findings:
        raise CorruptData(
            "\n".join(f"{finding}." for finding in verified.findings),
            hint="Somebody changed the audit log in the database. Compare it with a backup.",
        )


async def _list(target: Target, filters: AuditFilter, *, limit: int) -> list[AuditEntry]:
    async with open_database(target.settings) as database, database.transaction() as connection:
        workspace = await identity.get_workspace(connection, target.workspace)
        found = await service.list_entries(connection, filters, workspace_id=workspace.id, limit=limit)
        return list(found.items)


async def _verify(target: Target, known: list[Head]) -> ChainVerification:
    async with open_database(target.settings) as database, database.transaction() as connection:
        workspace = await identity.get_workspace(connection, target.workspace)
        checkpoint = read_checkpoint(target.settings.audit, workspace.id)
        checkpoints = [*known, *([checkpoint] if checkpoint else [])]
        verified = await service.verify(connection, workspace.id, checkpoints=checkpoints)
        if not verified.findings:
            write_checkpoint(target.settings.audit, workspace.id, parse_head(verified.head))
        return verified
