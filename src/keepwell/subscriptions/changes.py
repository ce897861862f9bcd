"""What every change of a record does besides: the audit log, the webhooks, and the figures made from it."""

from __future__ import annotations

from uuid import UUID

import msgspec

from keepwell.identity.audit import service as audit
from keepwell.identity.model import Actor
from keepwell.identity.service import Keys
from keepwell.platform.clock import today
from keepwell.platform.database import Connection
from keepwell.subscriptions import derived
from keepwell.webhooks import service as webhooks


class Changing(msgspec.Struct, frozen=True, kw_only=True):
    """A change under way: the transaction it is part of, and who makes it."""

    connection: Connection
    actor: Actor
    keys: Keys

    @property
    def workspace_id(self) -> UUID:
        """Whose records are changed."""
        return self.actor.principal.workspace_id

    async def record(
        self,
        event: str,
        record_id: UUID,
        *,
        before: msgspec.Struct | None = None,
        after: msgspec.Struct | None = None,
    ) -> None:
        """Write `event`, such as `account.created`, to the audit log, and tell it to the webhooks."""
        noun = event.partition(".")[0]
        await audit.record(
            self.connection,
            self.actor,
            action=event,
            subject=f"{noun}:{record_id}",
            before=before,
            after=after,
            clock=self.keys.clock,
        )
        await webhooks.publish(
            self.connection, workspace_id=self.workspace_id, event=event, data=after or before, keys=self.keys
        )

    async def refresh(self, *account_ids: UUID) -> None:
        """Bring the figures of these accounts up to date."""
        await derived.refresh(
            self.connection,
            workspace_id=self.workspace_id,
            account_ids=account_ids,
            today=today(self.keys.clock),
        )
