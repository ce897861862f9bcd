"""What every change of a record also does: an audit entry, webhooks, and an update of the figures derived from it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol
from uuid import UUID

import msgspec

from keepwell.identity.audit import service as audit
from keepwell.identity.model import Actor
from keepwell.platform.clock import today
from keepwell.platform.database import Connection
from keepwell.platform.runtime import Runtime
from keepwell.webhooks import service as webhooks


class Projections(Protocol):
    """What is computed from records. Revenue implements it, and `app` passes it in, since imports point inward."""

    async def refresh(
        self, connection: Connection, *, workspace_id: UUID, account_ids: Sequence[UUID], today: date
    ) -> None:
        """Recompute the figures of these accounts, in the transaction that changed their records."""
        ...


class ChangeContext(msgspec.Struct, frozen=True, kw_only=True):
    """A change in progress: its transaction, its actor, and the work to do after it."""

    connection: Connection
    actor: Actor
    runtime: Runtime
    projections: Projections

    @property
    def workspace_id(self) -> UUID:
        """The workspace whose records change."""
        return self.actor.principal.workspace_id

    async def record(
        self,
        event: str,
        record_id: UUID,
        *,
        before: msgspec.Struct | None = None,
        after: msgspec.Struct | None = None,
        sent: msgspec.Struct | None = None,
    ) -> None:
        """Write `event`, such as `account.created`, to the audit log, and queue it for the webhooks.

        `sent` is the record as the webhooks get it, if the audit log must not keep all of it.
        """
        noun = event.partition(".")[0]
        await audit.record(
            self.connection,
            self.actor,
            action=event,
            subject=f"{noun}:{record_id}",
            before=before,
            after=after,
            clock=self.runtime.clock,
        )
        await webhooks.publish(
            self.connection,
            workspace_id=self.workspace_id,
            event=event,
            data=sent or after or before,
            runtime=self.runtime,
        )

    async def refresh(self, *account_ids: UUID) -> None:
        """Update the figures of these accounts."""
        await self.projections.refresh(
            self.connection,
            workspace_id=self.workspace_id,
            account_ids=account_ids,
            today=today(self.runtime.clock),
        )
