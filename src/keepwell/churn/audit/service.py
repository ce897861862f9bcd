"""Use case: audit the champion by an attribute of accounts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

import msgspec

from keepwell.churn.audit.attributes import OF_ROWS, OnRecord, require_attribute, values_by
from keepwell.churn.audit.auditing import audit_of
from keepwell.churn.audit.grouping import grouped
from keepwell.churn.audit.held_out import AuditedModel, audited_rows
from keepwell.churn.audit.model import BiasAudit, NothingToAudit
from keepwell.churn.audit.statement import notes, selection_rule
from keepwell.churn.doors.model import Question
from keepwell.churn.history import TrainingContext, learn_from, read_history
from keepwell.churn.report import USUAL_RUNG
from keepwell.churn.trained import service as trained
from keepwell.churn.trained.model import ModelWithReport
from keepwell.platform.clock import Clock
from keepwell.platform.database import Database
from keepwell.records.account_signals import service as account_signals
from keepwell.records.account_signals.model import AccountSignal
from keepwell.records.accounts import service as accounts

DEFAULT_TOP = 20
_SEED = 20_240_501


async def bias_audit(
    work: TrainingContext, *, workspace_id: UUID, by: str, top: int = DEFAULT_TOP
) -> BiasAudit:
    """Audit the held-out predictions of the champion by the attribute `by`; stores nothing.

    They are computed from the records as they are now, with the model's horizon. Attributes are those on record today, except
    the plan and the billing, which are those of each day. Raises NothingToAudit without a model or if too few accounts left,
    NoSuchAttribute, and Unavailable if the extra `churn` is not installed.
    """
    champion = await _champion(work.database, workspace_id=workspace_id)
    of_rows = OF_ROWS if champion.label.name == "subscription" else ()
    known = await _on_record(work.database, work.clock, of_rows, workspace_id=workspace_id)
    require_attribute(by, known=known)
    history = await read_history(work, workspace_id=workspace_id)
    # A source that has gone silent keeps a newer list from being made, not an audit of the one that exists.
    history = msgspec.structs.replace(history, kept_as_of=None)
    learned = learn_from(work, history, workspace_id=workspace_id, question=_question(champion))
    audited = AuditedModel(
        rung=champion.rung or USUAL_RUNG,
        history_days=None if champion.report is None else champion.report.history_days,
        has_signal=champion.signal == "found",
    )
    rows = audited_rows(learned, audited, top=top)
    with work.progress.step("Comparing groups", total=None):
        audit = audit_of(rows.made, grouped(values_by(by, rows, known=known), rows.accounts), seed=_SEED)
    signal = champion.signal
    return BiasAudit(
        model_version=champion.version,
        horizon_days=champion.horizon_days,
        by=by,
        held_out_from=rows.since,
        selection=selection_rule(signal, top=top, label=champion.label),
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


async def _champion(database: Database, *, workspace_id: UUID) -> ModelWithReport:
    async with database.workspace(workspace_id) as connection:
        version = await trained.champion(connection, workspace_id=workspace_id)
        if version is None:
            raise NothingToAudit("There is no model to audit.", hint="Train one: ./keepwell churn train")
        return await trained.get_model(connection, workspace_id=workspace_id, version=version)


async def _on_record(
    database: Database, clock: Clock, of_rows: Sequence[str], *, workspace_id: UUID
) -> OnRecord:
    async with database.snapshot(workspace_id) as connection:
        found = await accounts.attributes(connection, workspace_id=workspace_id)
        signals = await account_signals.as_known(connection, workspace_id=workspace_id, known_at=clock.now())
    by_id: defaultdict[UUID, list[AccountSignal]] = defaultdict(list)
    for signal in signals:
        by_id[signal.account_id].append(signal)
    signals_of = {each.external_id: by_id[each.id] for each in found if each.id in by_id}
    return OnRecord(found, signals_of, of_rows)
