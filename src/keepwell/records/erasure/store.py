"""All SQL of erasing a person from the records, and of the erasures themselves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from keepwell.platform.statements import Command, Query
from keepwell.records.erasure.model import DueFiles, ErasureItem


class LockedAccount(msgspec.Struct, frozen=True):
    """The account to erase."""

    external_id: str
    version: int
    erased_at: datetime | None


class PersonalText(msgspec.Struct, frozen=True):
    """A text that identifies the person."""

    text: str


class RecordId(msgspec.Struct, frozen=True):
    """A record of the account, in the table `entity`; whether it describes the person."""

    entity: str
    id: UUID
    is_personal: bool


LOCKED_ACCOUNT = Query(
    """
    select external_id, version, erased_at from accounts
    where workspace_id = %(workspace_id)s and id = %(account_id)s for update
    """,
    LockedAccount,
)

TEXTS = Query(
    """
    with of_account as (
      select name as text from accounts where workspace_id = %(workspace_id)s and id = %(account_id)s
      union
      select unnest(array[email, phone, external_id]) from contacts
      where workspace_id = %(workspace_id)s and account_id = %(account_id)s
      union
      select unnest(array[external_id, gateway_reference]) from payment_methods
      where workspace_id = %(workspace_id)s and account_id = %(account_id)s
    )
    select text from of_account where text is not null order by 1
    """,
    PersonalText,
)

RECORD_IDS = Query(
    """
    select 'accounts' as entity, id, true as is_personal from accounts where workspace_id = %(workspace_id)s and id = %(account_id)s
    union all
    select 'contacts', id, true from contacts where workspace_id = %(workspace_id)s and account_id = %(account_id)s
    union all
    select 'payment_methods', id, true from payment_methods where workspace_id = %(workspace_id)s and account_id = %(account_id)s
    union all
    select 'subscriptions', id, false from subscriptions where workspace_id = %(workspace_id)s and account_id = %(account_id)s
    union all
    select 'unreadable_subscriptions', id, false from unreadable_subscriptions
    where workspace_id = %(workspace_id)s and account_id = %(account_id)s
    union all
    select 'invoices', id, false from invoices where workspace_id = %(workspace_id)s and account_id = %(account_id)s
    union all
    select 'charges', id, false from charges where workspace_id = %(workspace_id)s and account_id = %(account_id)s
    union all
    select 'refunds', r.id, false from refunds r join charges c on (c.workspace_id, c.id) = (r.workspace_id, r.charge_id)
    where r.workspace_id = %(workspace_id)s and c.account_id = %(account_id)s
    """,
    RecordId,
)

# In this order: what refers to a record loses it first. Ids of the source stay, since they are the numbers of the books,
# unless they contain the person.
ERASE: Mapping[str, Command] = {
    "charges": Command(
        """
        update charges c
        set payment_method_id = null,
            external_id = case when c.external_id ~* any(%(patterns)s) then 'erased-' || c.id else c.external_id end,
            invoice_external_id = case when c.invoice_external_id ~* any(%(patterns)s) then coalesce(
              (select 'erased-' || i.id from invoices i
               where i.workspace_id = c.workspace_id and i.external_id = c.invoice_external_id), 'erased')
              else c.invoice_external_id end,
            version = c.version + 1
        where c.workspace_id = %(workspace_id)s and c.account_id = %(account_id)s
        """
    ),
    "refunds": Command(
        """
        update refunds r
        set external_id = case when r.external_id ~* any(%(patterns)s) then 'erased-' || r.id else r.external_id end,
            reason = case when r.reason ~* any(%(patterns)s) then null else r.reason end
        from charges c
        where r.workspace_id = %(workspace_id)s and (c.workspace_id, c.id) = (r.workspace_id, r.charge_id)
          and c.account_id = %(account_id)s
        """
    ),
    "invoices": Command(
        """
        update invoices
        set external_id = case when external_id ~* any(%(patterns)s) then 'erased-' || id else external_id end,
            number = case when number ~* any(%(patterns)s) then null else number end, version = version + 1
        where workspace_id = %(workspace_id)s and account_id = %(account_id)s
        """
    ),
    "subscriptions": Command(
        """
        update subscriptions set external_id = 'erased-' || id, version = version + 1
        where workspace_id = %(workspace_id)s and account_id = %(account_id)s and external_id ~* any(%(patterns)s)
        """
    ),
    "unreadable_subscriptions": Command(
        """
        update unreadable_subscriptions
        set external_id = case when external_id ~* any(%(patterns)s) then 'erased-' || id else external_id end,
            reason = 'the person was erased, so it cannot be read again.'
        where workspace_id = %(workspace_id)s and account_id = %(account_id)s
        """
    ),
    "payment_methods": Command(
        "delete from payment_methods where workspace_id = %(workspace_id)s and account_id = %(account_id)s"
    ),
    "contacts": Command(
        "delete from contacts where workspace_id = %(workspace_id)s and account_id = %(account_id)s"
    ),
    "account_signals": Command(
        "delete from account_signals where workspace_id = %(workspace_id)s and account_id = %(account_id)s"
    ),
    "accounts": Command(
        """
        update accounts
        set name = 'Erased account', external_id = 'erased-' || id, erased_at = %(now)s, version = version + 1
        where workspace_id = %(workspace_id)s and id = %(account_id)s
        """
    ),
}

INSERT_ERASURE = Command(
    """
    insert into erasures (workspace_id, account_id, source_hash, erased_at, files_due)
    values (%(workspace_id)s, %(account_id)s, %(source_hash)s, %(now)s, %(search)s)
    """
)

ERASURE = Query(
    """
    select account_id, erased_at, case when files_due is null then 'done' else 'due' end as files, files_done_at,
           last_error
    from erasures where workspace_id = %(workspace_id)s and account_id = %(account_id)s
    """,
    ErasureItem,
)

OF_SOURCE = Query(
    """
    select account_id, erased_at, case when files_due is null then 'done' else 'due' end as files, files_done_at,
           last_error
    from erasures where workspace_id = %(workspace_id)s and source_hash = %(source_hash)s
    order by erased_at desc limit 1
    """,
    ErasureItem,
)

AFTER = Query(
    """
    select account_id, erased_at, case when files_due is null then 'done' else 'due' end as files, files_done_at,
           last_error
    from erasures where workspace_id = %(workspace_id)s and erased_at > %(after)s order by erased_at, account_id
    """,
    ErasureItem,
)

DUE = Query(
    """
    select account_id, files_due as search from erasures
    where workspace_id = %(workspace_id)s and files_due is not null order by erased_at, account_id
    """,
    DueFiles,
)

FILES_DONE = Command(
    """
    update erasures set files_due = null, files_done_at = %(now)s, last_error = null
    where workspace_id = %(workspace_id)s and account_id = %(account_id)s
    """
)

FILES_FAILED = Command(
    """
    update erasures set last_error = %(error)s
    where workspace_id = %(workspace_id)s and account_id = %(account_id)s and files_due is not null
    """
)
