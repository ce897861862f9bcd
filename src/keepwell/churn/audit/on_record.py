"""What an audit reads of the database before anything is computed: which model, and the attributes of accounts. Light: the server imports it."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from uuid import UUID

from keepwell.churn.audit.attributes import OF_ROWS, OnRecord, require_attribute
from keepwell.churn.audit.model import NothingToAudit
from keepwell.churn.label import Label
from keepwell.churn.trained import service as trained
from keepwell.churn.trained.model import ModelWithReport
from keepwell.platform.database import Readable
from keepwell.records.account_signals import service as account_signals
from keepwell.records.account_signals.model import AccountSignal, named_website
from keepwell.records.accounts import service as accounts


async def audited_model(reader: Readable, *, workspace_id: UUID, version: int | None) -> ModelWithReport:
    """The model of this version, or the champion; raises NotFound, and NothingToAudit if there is none at all."""
    version = version or await trained.champion(reader, workspace_id=workspace_id)
    if version is None:
        raise NothingToAudit("There is no model to audit.", hint="Train one: ./keepwell churn train")
    return await trained.get_model(reader, workspace_id=workspace_id, version=version)


async def attributes_of(
    reader: Readable, label: Label, *, workspace_id: UUID, by: str, known_at: datetime
) -> OnRecord:
    """The attributes on record, by which a model of the `label` can be audited; raises NoSuchAttribute if `by` is none of them."""
    found = await accounts.attributes(reader, workspace_id=workspace_id)
    signals = await account_signals.as_known(reader, workspace_id=workspace_id, known_at=known_at)
    by_id: defaultdict[UUID, list[AccountSignal]] = defaultdict(list)
    for signal in signals:
        # An account has several of what is about one of its websites, so no group to be in.
        if named_website(signal.value) is None:
            by_id[signal.account_id].append(signal)
    signals_of = {each.external_id: by_id[each.id] for each in found if each.id in by_id}
    known = OnRecord(found, signals_of, OF_ROWS if label.name == "subscription" else ())
    require_attribute(by, known=known)
    return known
