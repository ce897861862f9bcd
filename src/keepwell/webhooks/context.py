"""What every change of endpoints or deliveries needs."""

from __future__ import annotations

from uuid import UUID

import msgspec

from keepwell.identity.audit import service as audit
from keepwell.identity.model import Actor
from keepwell.platform.database import Connection
from keepwell.platform.runtime import Runtime
from keepwell.webhooks.signing import Signer


class WebhookContext(msgspec.Struct, frozen=True, kw_only=True):
    """The transaction of a change, its actor, and the dependencies of the change."""

    connection: Connection
    actor: Actor
    runtime: Runtime
    signer: Signer
    allow_private: bool

    @property
    def workspace_id(self) -> UUID:
        """The workspace of the endpoints."""
        return self.actor.principal.workspace_id

    async def record(
        self,
        action: str,
        endpoint_id: UUID,
        *,
        before: msgspec.Struct | None = None,
        after: msgspec.Struct | None = None,
    ) -> None:
        """Write a change of an endpoint to the audit log."""
        await audit.record(
            self.connection,
            self.actor,
            action=f"webhook_endpoint.{action}",
            subject=f"webhook_endpoint:{endpoint_id}",
            before=before,
            after=after,
            clock=self.runtime.clock,
        )
