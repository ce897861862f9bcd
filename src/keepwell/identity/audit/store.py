"""All SQL of the audit log."""

from __future__ import annotations

from datetime import datetime
from typing import LiteralString
from uuid import UUID

import msgspec

from keepwell.identity.audit.model import Head
from keepwell.platform.pagination.keyset import Keyset, SortKey
from keepwell.platform.statements import Command, Query


class EntryRow(msgspec.Struct, frozen=True):
    """An entry as it is stored."""

    workspace_id: UUID
    sequence: int
    id: UUID
    at: datetime
    member_id: UUID
    token_id: UUID | None
    action: str
    subject: str
    before: str | None
    after: str | None
    request_id: str
    previous_hash: bytes
    hash: bytes
    is_keyed: bool
    redacted_hash: bytes | None


class SubjectId(msgspec.Struct, frozen=True):
    """The id of a record that entries are about."""

    id: UUID


BEGIN = Command(
    """
    insert into audit_heads (workspace_id, sequence, hash) values (%(workspace_id)s, 0, %(genesis)s)
    on conflict do nothing
    """
)

# Adding an entry locks the head until the transaction commits, so that there are no gaps and no forks.
LOCKED_HEAD = Query(
    "select sequence, hash from audit_heads where workspace_id = %(workspace_id)s for update", Head
)

HEAD = Query("select sequence, hash from audit_heads where workspace_id = %(workspace_id)s", Head)

MOVE_HEAD = Command(
    """
    update audit_heads set sequence = %(sequence)s, hash = %(hash)s where workspace_id = %(workspace_id)s
    """
)

INSERT = Command(
    """
    insert into audit_entries (
      workspace_id, sequence, id, at, member_id, token_id, action, subject, before, after, request_id,
      previous_hash, hash, is_keyed)
    values (
      %(workspace_id)s, %(sequence)s, %(id)s, %(at)s, %(member_id)s, %(token_id)s, %(action)s, %(subject)s,
      %(before)s, %(after)s, %(request_id)s, %(previous_hash)s, %(hash)s, %(is_keyed)s)
    """
)

_COLUMNS: LiteralString = """
    select workspace_id, sequence, id, at, member_id, token_id, action, subject, before, after, request_id,
           previous_hash, hash, is_keyed, redacted_hash
"""

ENTRIES_AFTER = Query(
    f"""
    {_COLUMNS} from audit_entries
    where workspace_id = %(workspace_id)s and sequence > %(after)s order by sequence limit %(limit)s
    """,
    EntryRow,
)

# Contacts of the account that were deleted are on record nowhere else.
CONTACTS_OF_ACCOUNT = Query(
    """
    select distinct split_part(subject, ':', 2)::uuid as id from audit_entries
    where workspace_id = %(workspace_id)s and subject like 'contact:%%'
      and strpos(concat_ws(' ', before, after), %(account_id)s::text) > 0
    """,
    SubjectId,
)

# Every entry about the person with contents, deleted contacts included. Of the account's books, and of imports that failed,
# those that contain a text of the person. No others: their contents may contain any word by which a customer is called.
ENTRIES_OF_PERSON = Query(
    f"""
    {_COLUMNS} from audit_entries
    where workspace_id = %(workspace_id)s and redacted_hash is null and (before is not null or after is not null)
      and (subject = any(%(subjects)s::text[])
           or (split_part(subject, ':', 1) = any(%(nouns)s::text[])
               and strpos(concat_ws(' ', before, after), %(account_id)s::text) > 0)
           or ((split_part(subject, ':', 2) = any(%(record_ids)s::text[])
                or strpos(concat_ws(' ', before, after), %(account_id)s::text) > 0 or action = 'import.failed')
               and concat_ws(' ', before, after) ~* any(%(patterns)s::text[])))
    order by sequence for update
    """,
    EntryRow,
)

REDACT = Command(
    """
    update audit_entries set before = null, after = null, redacted_hash = %(redacted_hash)s
    where workspace_id = %(workspace_id)s and sequence = %(sequence)s
    """
)

ENTRY = Query(
    f"{_COLUMNS} from audit_entries where workspace_id = %(workspace_id)s and sequence = %(sequence)s",
    EntryRow,
)

PAGES = Keyset(
    _COLUMNS,
    """
    from audit_entries
    where workspace_id = %(workspace_id)s
      and (%(action)s::text is null or action = %(action)s)
      and (%(subject)s::text is null or subject = %(subject)s)
      and (%(member_id)s::uuid is null or member_id = %(member_id)s)
      and (%(start)s::timestamptz is null or at >= %(start)s)
      and (%(end)s::timestamptz is null or at < %(end)s)
    """,
    EntryRow,
    sorts={"sequence": SortKey("sequence", "bigint")},
)
