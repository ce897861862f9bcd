"""Erasing the person behind an account from everything that Keepwell stores, in one transaction; the files follow.

The books stay: no amount, day or status of a subscription, an invoice, a charge or a refund changes.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias
from uuid import UUID

import msgspec

from keepwell.app.erasure.files import KIND, ErasedFiles
from keepwell.churn.cases import service as cases
from keepwell.churn.runs import service as churn_runs
from keepwell.crawl.accounts import service as websites
from keepwell.identity.audit import service as audit
from keepwell.importing.erasure import service as importing
from keepwell.platform.database import Connection
from keepwell.platform.erasure import Person
from keepwell.platform.idempotency import service as idempotency
from keepwell.platform.mail import service as mail
from keepwell.platform.work import service as work
from keepwell.records.changes import ChangeContext
from keepwell.records.erasure import service as erasures
from keepwell.records.erasure.model import AuditedErasure, ErasureItem
from keepwell.records.events import RecordsChanged
from keepwell.webhooks import service as webhooks

Eraser: TypeAlias = Callable[[Connection, Person], Awaitable[dict[str, int]]]

# A room that keeps copies of records, or texts about persons, adds its own. The test of erasures reads every table.
ERASERS: Sequence[Eraser] = (
    importing.erase_person,
    webhooks.erase_person,
    idempotency.erase_person,
    mail.erase_person,
    work.erase_person,
    audit.erase_person,
    churn_runs.erase_person,
    cases.erase_person,
)


async def erase_account(
    context: ChangeContext, account_id: UUID, *, version: int | None, files: ErasedFiles
) -> ErasureItem:
    """Erase the person behind an account; raises NotFound, AlreadyErased, and PreconditionFailed for another version."""
    connection, workspace_id = context.connection, context.workspace_id
    await importing.wait_for_imports(connection, workspace_id=workspace_id)
    person = await erasures.person_behind(connection, account_id, workspace_id=workspace_id, version=version)
    # What was sent to a contact that is deleted by now.
    contacts = await audit.contacts_of_account(connection, account_id, workspace_id=workspace_id)
    save_cases = await cases.cases_of_account(connection, account_id, workspace_id=workspace_id)
    person = msgspec.structs.replace(
        person,
        personal_ids=list({*person.personal_ids, *contacts}),
        records={**person.records, cases.RESOURCE: save_cases},
    )
    now = context.runtime.clock.now()
    removed: dict[str, int] = {}
    for eraser in ERASERS:
        removed |= await eraser(connection, person)
    removed |= await websites.erase_person(connection, person, now=now)
    search = files.search_for(person)
    removed |= await erasures.erase_records(connection, person, now=now, search=search)
    if search is not None:
        await work.schedule(
            connection, workspace_id=workspace_id, kind=KIND, subject_id=account_id, due_at=now
        )
    await context.bus.publish(
        connection,
        RecordsChanged(workspace_id=workspace_id, records=person.records, account_ids=[account_id]),
    )
    about = AuditedErasure(
        id=account_id, erased_at=now, removed={name: rows for name, rows in removed.items() if rows}
    )
    await context.record("account.erased", account_id, after=about)
    return await erasures.get_erasure(connection, account_id, workspace_id=workspace_id)
