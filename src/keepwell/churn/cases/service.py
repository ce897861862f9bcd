"""Save cases: list and read them, and record contacts with their accounts.

Functions that change something take a transaction of the workspace, and never commit.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

import msgspec

from keepwell.churn.cases import store
from keepwell.churn.cases.model import (
    AccountLeftAlone,
    CaseContact,
    CaseDetail,
    CaseFilter,
    CaseItem,
    CaseMoment,
    NewCaseContact,
    SentContact,
)
from keepwell.identity.audit import service as audit
from keepwell.platform.database import Connection, Readable
from keepwell.platform.erasure import Person
from keepwell.platform.errors import DataValidationError, NotFound
from keepwell.platform.pagination.cursors import PageEnd, RowPage
from keepwell.platform.values.periods import require_order
from keepwell.records.accounts import service as accounts
from keepwell.records.changes import ChangeContext
from keepwell.records.events import ActionTaken
from keepwell.records.timeline.service import MomentsBefore
from keepwell.records.times import require_past

RESOURCE = "save_cases"


async def list_cases(
    reader: Readable,
    filters: CaseFilter,
    *,
    workspace_id: UUID,
    limit: int,
    after: PageEnd | None = None,
) -> RowPage[CaseItem]:
    """A page of cases; raises DataValidationError if its days are out of order."""
    require_order(filters.opened_from, filters.opened_to)
    chosen = msgspec.structs.asdict(filters)
    page = await store.PAGES.page(
        reader, chosen.pop("sort"), limit=limit, after=after, workspace_id=workspace_id, **chosen
    )
    return RowPage(page.items, page.end)


async def get_case(reader: Readable, *, workspace_id: UUID, case_id: UUID, with_held: bool) -> CaseDetail:
    """A case with its contacts; raises NotFound, also for an account that is left alone unless `with_held`."""
    scope = {"workspace_id": workspace_id, "case_id": case_id}
    found = await store.CASE.maybe_one(reader, **scope, with_held=with_held)
    if found is None:
        raise _no_case(case_id)
    made = await store.CONTACTS.all(reader, **scope)
    return CaseDetail(**msgspec.structs.asdict(found), made=made)


async def record_contact(
    context: ChangeContext, new: NewCaseContact, *, case_id: UUID, with_held: bool
) -> CaseContact:
    """Record that somebody was in contact with the account of a case.

    Raises AccountLeftAlone without a reason if it is left alone, NotFound as `get_case`, ErasedAccountId, and DataValidationError for
    a time outside the case's days, or for a reason if the account is not left alone.
    """
    scope = {"workspace_id": context.workspace_id, "case_id": case_id}
    case = await _locked(context, case_id, with_held=with_held)
    await accounts.require_person(context, case.account_id)
    now = context.runtime.clock.now()
    contacted_at = new.contacted_at or now
    require_past("contacted_at", contacted_at, now=now)
    _require_within(case, contacted_at)
    _require_reason(case, new)
    contact_id = context.runtime.ids.new()
    await store.INSERT_CONTACT.run(
        context.connection,
        **scope,
        id=contact_id,
        account_id=case.account_id,
        contacted_at=contacted_at,
        channel=new.channel,
        member_id=context.actor.principal.member_id,
        note=new.note,
        crossover_reason=new.crossover_reason,
    )
    made = await store.CONTACT.one(context.connection, **scope, contact_id=contact_id)
    await _published(context, "save_case.contacted", case, made)
    return made


async def remove_contact(context: ChangeContext, *, case_id: UUID, contact_id: UUID, with_held: bool) -> None:
    """Take back a contact that was recorded by mistake; raises NotFound."""
    scope = {"workspace_id": context.workspace_id, "case_id": case_id, "contact_id": contact_id}
    case = await _locked(context, case_id, with_held=with_held)
    made = await store.CONTACT.maybe_one(context.connection, **scope)
    if made is None:
        raise NotFound(
            f"The case {case_id} has no contact {contact_id}.",
            hint=f"GET /v1/save-cases/{case_id} lists them.",
        )
    await store.DELETE_CONTACT.run(context.connection, **scope)
    await _published(context, "save_case.contact_removed", case, made)


async def case_moments(reader: Readable, asked: MomentsBefore, *, with_held: bool) -> list[CaseMoment]:
    """How the account's cases began and ended, and the contacts; those of an account that is left alone only `with_held`."""
    return await store.MOMENTS.all(reader, **asked.parameters(), with_held=with_held)


async def known_to_all(
    connection: Connection, case_ids: Collection[UUID], *, workspace_id: UUID
) -> Mapping[UUID, UUID | None]:
    """Those of the cases whose account is not left alone, with the account; None for a case that is deleted.

    Whoever compares ids of all cases with those that the list shows learns who is left alone.
    """
    found = await store.KNOWN_TO_ALL.all(connection, workspace_id=workspace_id, ids=list(case_ids))
    return {each.id: each.account_id for each in found}


async def cases_of_account(connection: Connection, account_id: UUID, *, workspace_id: UUID) -> Sequence[UUID]:
    """The ids of the account's cases."""
    found = await store.OF_ACCOUNT.all(connection, workspace_id=workspace_id, account_id=account_id)
    return [each.id for each in found]


async def erase_person(connection: Connection, person: Person) -> dict[str, int]:
    """Remove what was written about the person; arms, days, outcomes and amounts stay. The rows by table."""
    scope = {
        "workspace_id": person.workspace_id,
        "account_id": person.account_id,
        "patterns": person.patterns,
    }
    return {
        "save_cases": await store.ERASE_CASES.run(connection, **scope),
        "save_case_contacts": await store.ERASE_CONTACTS.run(connection, **scope),
    }


async def _locked(context: ChangeContext, case_id: UUID, *, with_held: bool) -> CaseItem:
    found = await store.LOCKED_CASE.maybe_one(
        context.connection, workspace_id=context.workspace_id, case_id=case_id, with_held=with_held
    )
    if found is None:
        raise _no_case(case_id)
    return found


def _require_within(case: CaseItem, contacted_at: datetime) -> None:
    day = contacted_at.astimezone(UTC).date()
    if not case.opened_on <= day <= case.horizon_ends_on:
        raise DataValidationError(
            f"contacted_at: {day} is not one of the days of this case, {case.opened_on} to {case.horizon_ends_on}.",
            hint="Record it with the case of that day: GET /v1/save-cases?account_id=... lists them.",
        )


def _require_reason(case: CaseItem, new: NewCaseContact) -> None:
    if case.arm == "act" and new.crossover_reason is not None:
        raise DataValidationError(
            "crossover_reason: the account is not left alone.", hint="Leave the field out, or write a note."
        )
    if case.arm == "hold" and new.crossover_reason is None:
        raise AccountLeftAlone(
            f"This account is left alone until {case.horizon_ends_on}, so that what contacts are worth can be measured.",
            hint="If a contact was made nevertheless, say why (crossover_reason; --crossover-reason): it is recorded, and counted where it was drawn.",
        )


async def _published(context: ChangeContext, action: str, case: CaseItem, made: CaseContact) -> None:
    """Note a contact, or its removal, in the audit log and for whoever follows changes; of held accounts no webhook is sent."""
    sent = SentContact(
        id=made.id,
        case_id=case.id,
        account_id=case.account_id,
        contacted_at=made.contacted_at,
        channel=made.channel,
        member_id=context.actor.principal.member_id,
        is_crossover=case.arm == "hold",
    )
    await store.NEXT_VERSION.run(context.connection, workspace_id=context.workspace_id, case_id=case.id)
    await context.changed(RESOURCE, case.id)
    removed = action.endswith("removed")
    await audit.record(
        context.connection,
        context.actor,
        action=action,
        subject=f"save_case:{case.id}",
        before=sent if removed else None,
        after=None if removed else sent,
        clock=context.runtime.clock,
    )
    if case.arm == "act":
        event = ActionTaken(workspace_id=context.workspace_id, action=action, data=sent)
        await context.bus.publish(context.connection, event)


def _no_case(case_id: UUID) -> NotFound:
    return NotFound(f"There is no case {case_id} here.", hint="GET /v1/save-cases lists them.")
