"""The SQL of annotations. It reads what several rooms have on record, and owns nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec

from keepwell.app.annotations.model import AnnotationKind
from keepwell.platform.statements import Query


class AnnotationRow(msgspec.Struct, frozen=True):
    """What happened on a day, of one kind."""

    on: date
    kind: AnnotationKind
    names: Sequence[str]
    count: int


# Imports count if they wrote subscriptions, by the counts in their reports. Stripe is read again and again: only its first
# reading is news. Entries of the audit log are found by their subjects, which have an index; the whole log is never read.
IN_PERIOD = Query(
    """
    with own_imports as (
      select id, source, mapping, status, started_at, undone_at,
             row_number() over (partition by source, status = 'undone' order by started_at, id) as number
      from imports
      where workspace_id = %(workspace_id)s and status in ('finished', 'undone')
        and (summary #>> '{entities,subscriptions,imported}')::int > 0
    ), entries as (
      select at, action, after::jsonb as after from audit_entries
      where workspace_id = %(workspace_id)s and subject = 'workspace:' || %(workspace_id)s::uuid
        and action in ('workspace.updated', 'exchange_rates.imported')
    ), happened (at, kind, name) as (
      select min("on")::timestamp, 'first_day', null from movement_facts where workspace_id = %(workspace_id)s
      union all
      select connected_at at time zone 'UTC', 'stripe_connected', null from stripe_links
      where workspace_id = %(workspace_id)s
      union all
      select started_at at time zone 'UTC', 'import', mapping from own_imports
      where status = 'finished' and (source = 'file' or number = 1)
      union all
      select undone_at at time zone 'UTC', 'import_undone', mapping from own_imports where status = 'undone'
      union all
      select at at time zone 'UTC', 'policy', after ->> 'policy' from entries where after ->> 'policy' is not null
      union all
      select at at time zone 'UTC', 'exchange_rates', currency
      from entries, lateral jsonb_array_elements_text(after -> 'currencies') as currency
      where action = 'exchange_rates.imported'
      union all
      select e.at at time zone 'UTC', 'price', p.name
      from plans p join audit_entries e on e.workspace_id = p.workspace_id and e.subject = 'plan:' || p.id
      where p.workspace_id = %(workspace_id)s and e.action = 'plan.updated' and e.after::jsonb ->> 'amount' is not null
      union all
      select i.started_at at time zone 'UTC', 'price', c.after ->> 'name'
      from import_changes c join imports i on (i.workspace_id, i.id) = (c.workspace_id, c.import_id)
      where c.workspace_id = %(workspace_id)s and c.entity = 'plans' and i.status <> 'undone'
        and c.before ->> 'amount' <> c.after ->> 'amount'
    )
    select at::date as "on", kind,
           coalesce(array_agg(distinct name order by name) filter (where name is not null), '{}') as names,
           count(*)::int as count
    from happened where at >= %(start)s and at < %(until)s
    group by 1, 2 order by 1, 2
    """,
    AnnotationRow,
)
