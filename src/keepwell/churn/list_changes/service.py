"""Use case: the newest save list compared with that of an earlier day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import msgspec

from keepwell.churn import store as lists
from keepwell.churn.label import Label
from keepwell.churn.list_changes import store
from keepwell.churn.model import USAGE_CODES, WARNING_CODES
from keepwell.churn.save_list import SaveListChanges
from keepwell.identity import service as identity
from keepwell.platform.database import Readable
from keepwell.records.accounts.model import group_of

_MOST_CHANGES = 10
_FIRST = 3


async def changes(reader: Readable, *, workspace_id: UUID) -> SaveListChanges:
    """The newest list compared with that of an earlier day and the same label, with at most ten accounts whose risk rose, and that fell."""
    currency = await identity.currency(reader)
    newest = await lists.LIST.maybe_one(reader, workspace_id=workspace_id, run=None)
    if newest is None:
        return _nothing_compared(None, currency)
    earlier = await store.EARLIER.maybe_one(
        reader, workspace_id=workspace_id, as_of=newest.as_of, label=newest.label
    )
    if earlier is None:
        return _nothing_compared(newest.as_of, currency)
    both = {"workspace_id": workspace_id, "run": newest.run, "earlier": earlier.run}
    compared = await store.COMPARISON.one(reader, **both)
    found = SaveListChanges(
        as_of=newest.as_of,
        compared_with=earlier.as_of,
        currency=currency,
        **msgspec.structs.asdict(compared),
        risen=await store.RISK_CHANGES.all(reader, **both, direction=1, limit=_MOST_CHANGES),
        fallen=await store.RISK_CHANGES.all(reader, **both, direction=-1, limit=_MOST_CHANGES),
        new_at_risk=group_of(
            await store.NEW_AT_RISK.all(reader, **both, reasons=_reasons_with(WARNING_CODES), limit=_FIRST)
        ),
        back_in_use=group_of(
            await store.BACK_IN_USE.all(reader, **both, reasons=_reasons_with(USAGE_CODES), limit=_FIRST)
        ),
    )
    return found if msgspec.json.decode(newest.label, type=Label).has_money else _without_money(found)


def _reasons_with(codes: Sequence[str]) -> list[str]:
    """JSON that reasons contain if one of them has the code, for each code: half the time of asking for every code of theirs."""
    return [msgspec.json.encode([{"code": code}]).decode() for code in codes]


def _without_money(found: SaveListChanges) -> SaveListChanges:
    """The changes of lists that know no money: nothing of it is 0.00, since nobody knows it."""
    unknown = {"revenue_at_risk": None, "revenue_at_risk_before": None}
    changed = {
        name: [msgspec.structs.replace(each, **unknown) for each in getattr(found, name)]
        for name in ("risen", "fallen")
    }
    groups = {
        name: group and msgspec.structs.replace(group, amount=None)
        for name in ("new_at_risk", "back_in_use")
        for group in (getattr(found, name),)
    }
    return msgspec.structs.replace(found, **unknown, **changed, **groups)


def _nothing_compared(as_of: date | None, currency: str) -> SaveListChanges:
    return SaveListChanges(
        as_of=as_of,
        compared_with=None,
        currency=currency,
        joined=0,
        gone=0,
        revenue_at_risk=None,
        revenue_at_risk_before=None,
        risen=[],
        fallen=[],
        new_at_risk=None,
        back_in_use=None,
    )
