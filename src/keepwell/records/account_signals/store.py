"""All SQL of signals. Rows are added and read; nothing changes them."""

from __future__ import annotations

from keepwell.platform.statements import Command, Query
from keepwell.records.account_signals.model import AccountSignal

# The same observation, learnt twice at one moment, is one.
INSERT = Command(
    """
    insert into account_signals (workspace_id, id, account_id, kind, value, observed_at, known_at)
    select %(workspace_id)s, given.id, given.account_id, given.kind, given.value, given.observed_at, %(known_at)s
    from unnest(%(id)s::uuid[], %(account_id)s::uuid[], %(kind)s::text[], %(value)s::jsonb[],
                %(observed_at)s::timestamptz[]) as given (id, account_id, kind, value, observed_at)
    on conflict (workspace_id, account_id, kind, observed_at, known_at) do nothing
    """
)

# Of one observation, what was learnt last counts: a correction. An account may have several websites, which a value names.
AS_KNOWN = Query(
    """
    select distinct on (account_id, kind, value ->> 'website') id, account_id, kind, value, observed_at, known_at
    from account_signals
    where workspace_id = %(workspace_id)s
      and (%(account_ids)s::uuid[] is null or account_id = any(%(account_ids)s::uuid[]))
      and (%(kinds)s::text[] is null or kind = any(%(kinds)s::text[]))
      and known_at <= %(known_at)s
    order by account_id, kind, value ->> 'website', observed_at desc, known_at desc
    """,
    AccountSignal,
)
