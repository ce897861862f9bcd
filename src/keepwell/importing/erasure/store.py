"""All SQL of erasing a person from what imports keep, and of recognising erased accounts."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from keepwell.platform.statements import Command, Query


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
    "stripe_objects": Command(
        """
        delete from stripe_objects where workspace_id = %(workspace_id)s and id = %(external_id)s
        """
    ),
    "stripe_states": Command(
        """
        update stripe_objects set states = null, replaced = null
        where workspace_id = %(workspace_id)s
          and (jsonb_path_exists(states, %(of_customer)s::jsonpath, jsonb_build_object('id', %(external_id)s::text))
               or jsonb_path_exists(replaced, %(of_customer)s::jsonpath, jsonb_build_object('id', %(external_id)s::text)))
        """
    ),
    "stripe_events": Command(
        """
        update stripe_events set problem = null, body = null
        where workspace_id = %(workspace_id)s and problem is not null
          and jsonb_path_exists(body, %(of_customer)s::jsonpath, jsonb_build_object('id', %(external_id)s::text))
        """
    ),
    "stripe_discounts": Command(
        """
        delete from stripe_discounts where workspace_id = %(workspace_id)s and customer_id = %(external_id)s
        """
    ),
}

# The reports keep their names: an account may be called `imported`, as one of the counts is.
ERASE_FROM_IMPORTS = Command(
    """
    update imports
    set error = regexp_replace(error, %(pattern)s, %(replacement)s, 'gi'),
        summary = regexp_replace(summary::text, %(in_values)s, %(replacement)s, 'gi')::jsonb,
        drift = regexp_replace(drift::text, %(in_values)s, %(replacement)s, 'gi')::jsonb,
        assumptions = regexp_replace(assumptions::text, %(in_values)s, %(replacement)s, 'gi')::jsonb
    where workspace_id = %(workspace_id)s
      and concat_ws(' ', error, summary::text, drift::text, assumptions::text) ~* %(pattern)s
    """
)
