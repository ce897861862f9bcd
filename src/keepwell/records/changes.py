"""What every change of a record also does: an audit entry, and the events that other rooms hear."""

from __future__ import annotations

from uuid import UUID

import msgspec

from keepwell.identity.audit import service as audit
from keepwell.identity.model import Actor
from keepwell.platform.bus import Bus
from keepwell.platform.database import Connection
from keepwell.platform.runtime import Runtime
from keepwell.records.events import ActionTaken, RecordsChanged


class ChangeContext(msgspec.Struct, frozen=True, kw_only=True):
    """A change in progress: its transaction, its actor, and the bus on which it is published."""

    connection: Connection
    actor: Actor
    runtime: Runtime
    bus: Bus

    @property
    def workspace_id(self) -> UUID:
        """The workspace whose records change."""
        return self.actor.principal.workspace_id

    async def changed(self, resource: str, record_id: UUID, *, account_id: UUID | None = None) -> None:
        """Publish that a record of `resource`, such as `subscriptions`, was written; its account's figures follow.

        Called before the record is read for its answer, which shows those figures.
        """
        await self.bus.publish(
            self.connection,
            RecordsChanged(
                workspace_id=self.workspace_id,
                records={resource: [record_id]},
                account_ids=[] if account_id is None else [account_id],
            ),
        )

    async def record(
        self,
        action: str,
        record_id: UUID,
        *,
        before: msgspec.Struct | None = None,
        after: msgspec.Struct | None = None,
        sent: msgspec.Struct | None = None,
    ) -> None:
        """Write `action`, such as `account.created`, to the audit log, and publish it.

        `sent` is the record as others hear of it, if the audit log must not keep all of it.
        """
        noun = action.partition(".")[0]
        await audit.record(
            self.connection,
            self.actor,
            action=action,
            subject=f"{noun}:{record_id}",
            before=before,
            after=after,
            clock=self.runtime.clock,
        )
        await self.bus.publish(
            self.connection,
            ActionTaken(workspace_id=self.workspace_id, action=action, data=sent or after or before),
        )
