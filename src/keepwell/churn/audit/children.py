"""Audits for the server, each in a child process: they read the whole history and fit models, which a loop cannot do beside answering."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from keepwell.churn.arrays import ExtraMissing
from keepwell.churn.audit.model import BiasAudit, NoSuchAttribute, NothingToAudit
from keepwell.churn.audit.on_record import attributes_of, audited_model
from keepwell.churn.audit.outcome import AuditRequest, Outcome, Refusal
from keepwell.churn.model import NothingToScore, TooLittleHistory
from keepwell.platform.config import Settings
from keepwell.platform.database import Readable
from keepwell.platform.errors import CorruptData, InfrastructureError, KeepwellError, NotFound, RateLimited
from keepwell.platform.work.children import run_child

_CHILD = "keepwell.churn.audit.child"
_RETRY_AFTER = timedelta(seconds=30)
_REFUSED: Mapping[str, type[KeepwellError]] = {
    each.code: each
    for each in (
        CorruptData, ExtraMissing, NoSuchAttribute, NotFound, NothingToAudit, NothingToScore, TooLittleHistory,
    )
}  # fmt: skip


class AuditRunning(RateLimited):
    """Another audit is being made; one runs at a time."""

    code = "audit-running"


class ChildAudits:
    """Makes one audit at a time: a second one would take the processor and memory of whoever else works here."""

    def __init__(self, settings: Settings) -> None:
        self._home = str(settings.home)
        self._is_running = False

    async def audit(
        self, reader: Readable, *, workspace_id: UUID, version: int, by: str, top: int, now: datetime
    ) -> BiasAudit:
        """The audit of a model, as `bias_audit` makes it; what does not exist is refused without a process.

        Raises as `bias_audit` does, and AuditRunning if another audit is being made.
        """
        model = await audited_model(reader, workspace_id=workspace_id, version=version)
        await attributes_of(reader, model.label, workspace_id=workspace_id, by=by, known_at=now)
        if self._is_running:
            raise AuditRunning(hint="Ask again when it is done.", retry_after=_RETRY_AFTER)
        asked = AuditRequest(home=self._home, workspace_id=str(workspace_id), version=version, by=by, top=top)
        self._is_running = True
        try:
            printed = await run_child(_CHILD, msgspec.json.encode(asked).decode())
        finally:
            self._is_running = False
        outcome = msgspec.json.decode(printed, type=Outcome)
        if outcome.audit is None:
            raise _error_of(outcome.refusal)
        return outcome.audit


def _error_of(refusal: Refusal | None) -> KeepwellError:
    if refusal is None:
        return InfrastructureError("The process that audits gave no answer.")
    kind = _REFUSED.get(refusal.code, InfrastructureError)
    return kind(refusal.message, hint=refusal.hint)
