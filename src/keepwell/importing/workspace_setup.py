"""A workspace's name and report currency: the first import sets them, and later ones must agree."""

from __future__ import annotations

import msgspec

from keepwell.identity import service as identity
from keepwell.identity.model import Workspace
from keepwell.importing import store
from keepwell.importing.mapping.mapping_file import MappingFile, WorkspaceMapping
from keepwell.platform.database import Connection
from keepwell.platform.errors import Conflict, DataValidationError


async def settle_currency(
    connection: Connection, mapping: MappingFile | None, *, workspace: Workspace, currency: str | None
) -> str:
    """The report currency: from the mapping, else `currency`, else the workspace's present one.

    A workspace without accounts adopts what is declared. Raises DataValidationError if nothing declares the
    currency of a new one, and Conflict if the declaration contradicts the workspace.
    """
    declared = mapping.workspace if mapping else None
    if declared is None and currency is not None:
        declared = WorkspaceMapping(workspace.name, currency, workspace.synthetic)
    found = await store.HAS_ACCOUNTS.one(connection, workspace_id=workspace.id)
    if declared is None:
        if not found.has_accounts:
            raise DataValidationError(
                f"The report currency of the workspace {workspace.slug!r} is not known.",
                hint="State it once: ./keepwell import --currency USD ...",
            )
        return workspace.currency
    if found.has_accounts:
        _require_agreement(declared, mapping, workspace)
    else:
        described = msgspec.structs.replace(
            workspace, name=declared.name, currency=declared.currency, synthetic=declared.synthetic
        )
        await identity.describe_workspace(connection, described)
    return declared.currency


def _require_agreement(declared: WorkspaceMapping, mapping: MappingFile | None, workspace: Workspace) -> None:
    if declared.synthetic != workspace.synthetic:
        kinds = ("synthetic", "real") if workspace.synthetic else ("real", "synthetic")
        raise Conflict(
            f"The workspace {workspace.slug!r} has {kinds[0]} data; this import has {kinds[1]} data.",
            hint="Import into another workspace: --workspace NAME.",
        )
    if declared.currency != workspace.currency:
        change = "Leave --currency out"
        if mapping and mapping.workspace:
            change = f"Change {mapping.document.place(('workspace', 'currency'))}"
        raise Conflict(
            f"The workspace {workspace.slug!r} reports in {workspace.currency}, not {declared.currency}.",
            hint=f"{change}, or use --workspace NAME.",
        )
