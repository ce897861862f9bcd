"""Importing a mapped export: accounts and subscriptions in one transaction, events through intake.

Idempotent by the source's ids: a row that is there already, and the same, is left alone. Within one
file the first row of an id counts; a later one that differs is dead-lettered. Nothing is half done:
an interrupted import has changed no account and no subscription, and the events that it had
journalled are recognised when the same command runs again.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from keepwell.identity import service as identity
from keepwell.identity.model import Workspace
from keepwell.identity.service import Keys
from keepwell.intake.service import Intake, build_lake
from keepwell.platform.config import Settings
from keepwell.platform.csv_records import CsvFile
from keepwell.platform.database import Connection, Database
from keepwell.platform.errors import Conflict
from keepwell.platform.progress import Progress
from keepwell.subscriptions import store, upserts
from keepwell.subscriptions.mapping import MappingFile, require_columns
from keepwell.subscriptions.reading import EntityCounts, EntityReader
from keepwell.subscriptions.rows import (
    EventRow,
    Fields,
    RejectedRow,
    SubscriptionRow,
    account_row,
    event_row,
    subscription_row,
)


class ImportSummary(msgspec.Struct, frozen=True):
    """What an import did; `changed` is False where everything was there already."""

    workspace: str
    entities: Mapping[str, EntityCounts]
    changed: bool


class Importing(msgspec.Struct, frozen=True, kw_only=True):
    """What an import works with; the workspace called `slug` is made where it is missing."""

    database: Database
    settings: Settings
    slug: str
    keys: Keys
    progress: Progress


async def import_export(work: Importing, mapping: MappingFile, *, folder: Path) -> ImportSummary:
    """Import every mapped file of `folder` and bring the workspace's lake up to date.

    Raises DataValidationError, before anything is changed, for a file that is missing, not UTF-8 or
    without a mapped column, and Conflict for real data into a synthetic workspace or the reverse.
    """
    files = {name: CsvFile(folder / entity.file) for name, entity in mapping.entities().items()}
    for name, file in files.items():
        require_columns(mapping, entity=name, header=file.header)
    async with work.database.transaction() as connection:
        workspace = await identity.ensure_workspace(connection, work.slug, keys=work.keys)
    inbox = work.settings.intake(workspace.id)
    with Intake.open(inbox, clock=work.keys.clock) as journal:
        readers = {
            name: EntityReader(files[name], entity, journal=journal, clock=work.keys.clock)
            for name, entity in mapping.entities().items()
        }
        async with work.database.workspace(workspace.id) as connection:
            currency = await _adopt(connection, mapping, workspace=workspace)
            await _import_records(connection, readers, work=work, workspace=workspace, currency=currency)
            accounts_of = await _accounts_of(connection, workspace)
        if "events" in readers:
            _import_events(readers["events"], accounts_of, progress=work.progress)
        journal.seal()
    build_lake(inbox, work.settings.lake, workspace_id=workspace.id, progress=work.progress)
    summary = ImportSummary(
        workspace=workspace.slug,
        entities={name: reader.counts for name, reader in readers.items()},
        changed=any(reader.counts.changed for reader in readers.values()),
    )
    await _record(work, mapping, summary, workspace=workspace)
    return summary


async def _adopt(connection: Connection, mapping: MappingFile, *, workspace: Workspace) -> str:
    """Let the first import name the workspace and its currency; later ones must agree with it."""
    existing = await store.COUNT_ACCOUNTS.one(connection, workspace_id=workspace.id)
    declared = mapping.workspace
    if not existing.rows:
        described = msgspec.structs.replace(
            workspace, name=declared.name, currency=declared.currency, synthetic=declared.synthetic
        )
        await identity.describe_workspace(connection, described)
        return declared.currency
    if declared.synthetic != workspace.synthetic:
        kinds = ("synthetic", "real") if workspace.synthetic else ("real", "synthetic")
        raise Conflict(
            f"The workspace {workspace.slug!r} holds {kinds[0]} data; this mapping brings {kinds[1]} data.",
            hint="Import into a workspace of its own: --workspace NAME.",
        )
    if declared.currency != workspace.currency:
        raise Conflict(
            f"The workspace {workspace.slug!r} reports in {workspace.currency}, the mapping in {declared.currency}.",
            hint=f"Change {mapping.document.place(('workspace', 'currency'))}, or use --workspace NAME.",
        )
    return workspace.currency


async def _import_records(
    connection: Connection,
    readers: Mapping[str, EntityReader],
    *,
    work: Importing,
    workspace: Workspace,
    currency: str,
) -> None:
    if "accounts" in readers:
        reader = readers["accounts"]
        rows = reader.unique_rows(account_row, progress=work.progress)
        written = await upserts.write_accounts(connection, rows, workspace_id=workspace.id, ids=work.keys.ids)
        reader.wrote(written, of=len(rows))
    if "subscriptions" in readers:
        reader = readers["subscriptions"]
        account_ids = await upserts.account_ids(connection, workspace_id=workspace.id)

        def convert(fields: Fields) -> SubscriptionRow:
            row = subscription_row(fields, currency=currency)
            _require_known(row.account, account_ids, what="account")
            return row

        subscriptions = reader.unique_rows(convert, progress=work.progress)
        written = await upserts.write_subscriptions(
            connection, subscriptions, account_ids=account_ids, workspace_id=workspace.id, ids=work.keys.ids
        )
        reader.wrote(written, of=len(subscriptions))


async def _accounts_of(connection: Connection, workspace: Workspace) -> dict[str | None, dict[str, str]]:
    """The account's external id behind each id that an event may carry, by what the id is of."""
    accounts = await store.ACCOUNT_IDS.all(connection, workspace_id=workspace.id)
    subscriptions = await store.SUBSCRIPTION_ACCOUNTS.all(connection, workspace_id=workspace.id)
    return {
        None: {row.external_id: row.external_id for row in accounts},
        "subscriptions": {row.subscription: row.account for row in subscriptions},
    }


def _import_events(
    reader: EntityReader, accounts_of: Mapping[str | None, Mapping[str, str]], *, progress: Progress
) -> None:
    def convert(fields: Fields) -> EventRow:
        row = event_row(fields)
        known = accounts_of[row.via]
        _require_known(row.account, known, what="subscription" if row.via else "account")
        return msgspec.structs.replace(row, account=known[row.account], via=None)

    reader.journal_events(convert, progress=progress)


def _require_known(external_id: str, known: Mapping[str, object], *, what: str) -> None:
    if external_id not in known:
        raise RejectedRow("account", f"unknown-{what}", f"no row defines the {what} {external_id!r}.")


async def _record(
    work: Importing, mapping: MappingFile, summary: ImportSummary, *, workspace: Workspace
) -> None:
    async with work.database.workspace(workspace.id) as connection:
        await store.INSERT_IMPORT.run(
            connection,
            workspace_id=workspace.id,
            id=work.keys.ids.new(),
            mapping=mapping.document.path.name,
            finished_at=work.keys.clock.now(),
            summary=msgspec.json.encode(summary).decode(),
        )
