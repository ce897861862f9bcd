"""Use case: audit a model by an attribute of accounts."""

from __future__ import annotations

from uuid import UUID

import msgspec

from keepwell.churn.audit.attributes import values_by
from keepwell.churn.audit.auditing import audit_of
from keepwell.churn.audit.grouping import grouped
from keepwell.churn.audit.held_out import AuditedModel, audited_rows
from keepwell.churn.audit.model import DEFAULT_TOP, BiasAudit
from keepwell.churn.audit.on_record import attributes_of, audited_model
from keepwell.churn.audit.statement import notes, selection_rule
from keepwell.churn.doors.model import Question
from keepwell.churn.history import TrainingContext, learn_from, read_history
from keepwell.churn.report import USUAL_RUNG
from keepwell.churn.trained import service as trained
from keepwell.churn.trained.model import ModelWithReport

_SEED = 20_240_501


async def bias_audit(
    work: TrainingContext, *, workspace_id: UUID, by: str, top: int = DEFAULT_TOP, version: int | None = None
) -> BiasAudit:
    """Audit the held-out predictions of the model of this `version`, or of the champion, by the attribute `by`; stores nothing.

    They are computed from the records as they are now, with the model's horizon, without the sources that its training left out.
    Attributes are those on record today, except the plan and the billing, which are those of each day. Raises NotFound, NothingToAudit
    without a model or if too few accounts left, NoSuchAttribute, and Unavailable if the extra `churn` is not installed.
    """
    async with work.database.snapshot(workspace_id) as connection:
        model = await audited_model(connection, workspace_id=workspace_id, version=version)
        known = await attributes_of(
            connection, model.label, workspace_id=workspace_id, by=by, known_at=work.clock.now()
        )
        left_out = await trained.left_out(connection, workspace_id=workspace_id, version=model.version)
    read = msgspec.structs.replace(work.read, without=sorted({*work.read.without, *left_out}))
    work = msgspec.structs.replace(work, read=read)
    history = await read_history(work, workspace_id=workspace_id)
    # A source that has gone silent keeps a newer list from being made, not an audit of the one that exists.
    history = msgspec.structs.replace(history, kept_as_of=None)
    learned = learn_from(work, history, workspace_id=workspace_id, question=_question(model))
    audited = AuditedModel(
        rung=model.rung or USUAL_RUNG,
        history_days=None if model.report is None else model.report.history_days,
        has_signal=model.signal == "found",
    )
    rows = audited_rows(learned, audited, top=top)
    with work.progress.step("Comparing groups", total=None):
        audit = audit_of(rows.made, grouped(values_by(by, rows, known=known), rows.accounts), seed=_SEED)
    signal = model.signal
    return BiasAudit(
        model_version=model.version,
        horizon_days=model.horizon_days,
        by=by,
        held_out_from=rows.since,
        selection=selection_rule(signal, top=top, label=model.label),
        overall=audit.overall,
        groups=audit.groups,
        differences=audit.differences,
        notes=notes(audit, signal=signal),
    )


def _question(model: ModelWithReport) -> Question:
    label = model.label
    return Question(
        label=label.name,
        horizon_days=model.horizon_days,
        active_within_days=label.active_within_days,
        amount=label.amount_property,
    )
