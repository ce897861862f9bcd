"""All SQL of idempotency keys."""

from __future__ import annotations

from typing import Any

import msgspec

from keepwell.platform.statements import Command, Query


class ClaimedKey(msgspec.Struct, frozen=True):
    """The key is now this request's; there is no row if another request had it first."""

    claimed: bool


class StoredAnswer(msgspec.Struct, frozen=True):
    """What the first request with the key was, and what it was answered."""

    request_hash: bytes
    status: int | None
    headers: Any
    body: bytes | None


# Waits until another transaction with the key has committed or rolled back.
CLAIM = Query(
    """
    with forgotten as (
      delete from idempotency_keys where workspace_id = %(workspace_id)s and created_at < %(forget_before)s
    )
    insert into idempotency_keys (workspace_id, member_id, key_hash, request_hash, created_at)
    values (%(workspace_id)s, %(member_id)s, %(key_hash)s, %(request_hash)s, %(now)s)
    on conflict do nothing
    returning true as claimed
    """,
    ClaimedKey,
)

ANSWER_OF = Query(
    """
    select request_hash, status, headers, body from idempotency_keys
    where workspace_id = %(workspace_id)s and member_id = %(member_id)s and key_hash = %(key_hash)s
    """,
    StoredAnswer,
)

KEEP_ANSWER = Command(
    """
    update idempotency_keys set status = %(status)s, headers = %(headers)s::jsonb, body = %(body)s
    where workspace_id = %(workspace_id)s and member_id = %(member_id)s and key_hash = %(key_hash)s
    """
)

# The key stays: a retry is refused, instead of having its effect once more.
ERASE_ANSWERS = Command(
    """
    update idempotency_keys set status = null, headers = null, body = null
    where workspace_id = %(workspace_id)s and body is not null and exists (
      select from unnest(%(ids)s::uuid[]) as of_person (id) where strpos(headers ->> 'Location', id::text) > 0)
    """
)
