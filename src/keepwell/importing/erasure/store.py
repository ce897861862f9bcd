"""All SQL of erasing a person from what imports keep, and of recognising erased accounts."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from keepwell.platform.database import Command, Query


class SourceHash(msgspec.Struct, frozen=True):
    """By what an erased account is recognised."""

    hash: bytes


# An erasure waits for the imports that have read whom to skip, and those that begin meanwhile wait for it.
LOCK_OUT_ERASURES = Command(
    "select pg_advisory_xact_lock_shared(hashtextextended('erasure ' || %(workspace_id)s::text, 0))"
)

LOCK_OUT_IMPORTS = Command(
    "select pg_advisory_xact_lock(hashtextextended('erasure ' || %(workspace_id)s::text, 0))"
)

SOURCE_HASHES = Query(
    "select source_hash as hash from erasures where workspace_id = %(workspace_id)s", SourceHash
)

# Rows of the account in every log of changes: an undo can no longer restore them, and leaves the erased account alone.
# An account that was undone or deleted, and then imported again, has another id in the older rows.
# The states of Stripe's objects and the discount are copies of its customer. A due event of the customer is dropped, as
# the next one would be.
ERASE: Mapping[str, Command] = {
    "import_changes": Command(
        """
        with accounts_of_person as (
          select %(account_id)s::uuid as id
          union
          select row_id from import_changes
          where workspace_id = %(workspace_id)s and entity = 'accounts'
            and coalesce(after ->> 'external_id', before ->> 'external_id') = %(external_id)s
        ), rows_of_person as (
          select unnest(%(record_ids)s::uuid[]) as id
          union
          select id from accounts_of_person
          union
          select row_id from import_changes
          where workspace_id = %(workspace_id)s
            and coalesce(after ->> 'account_id', before ->> 'account_id')
                in (select id::text from accounts_of_person)
        )
        delete from import_changes
        where workspace_id = %(workspace_id)s
          and (row_id in (select id from rows_of_person)
               or coalesce(after ->> 'charge_id', before ->> 'charge_id') in (select id::text from rows_of_person))
        """
    ),
    "imports": Command(
        """
        update imports
        set error = regexp_replace(error, %(pattern)s, %(replacement)s, 'gi'),
            summary = regexp_replace(summary::text, %(pattern)s, %(replacement)s, 'gi')::jsonb,
            drift = regexp_replace(drift::text, %(pattern)s, %(replacement)s, 'gi')::jsonb,
            assumptions = regexp_replace(assumptions::text, %(pattern)s, %(replacement)s, 'gi')::jsonb
        where workspace_id = %(workspace_id)s
          and concat_ws(' ', error, summary::text, drift::text, assumptions::text) ~* %(pattern)s
        """
    ),
    "stripe_objects": Command(
        """
        delete from stripe_objects where workspace_id = %(workspace_id)s and id = %(external_id)s
        """
    ),
    "stripe_states": Command(
        """
        update stripe_objects set states = null, replaced = null
        where workspace_id = %(workspace_id)s
          and (strpos(states::text, %(external_id)s::text) > 0 or states::text ~* %(pattern)s
               or strpos(replaced::text, %(external_id)s::text) > 0 or replaced::text ~* %(pattern)s)
        """
    ),
    "stripe_events": Command(
        """
        update stripe_events set problem = null, body = null
        where workspace_id = %(workspace_id)s and problem is not null
          and (strpos(body::text, %(external_id)s::text) > 0 or concat_ws(' ', problem, body::text) ~* %(pattern)s)
        """
    ),
    "stripe_discounts": Command(
        """
        delete from stripe_discounts
        where workspace_id = %(workspace_id)s and (customer_id = %(external_id)s or body::text ~* %(pattern)s)
        """
    ),
}
