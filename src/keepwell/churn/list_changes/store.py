"""The SQL that compares two save lists."""

from __future__ import annotations

from datetime import date
from typing import LiteralString

import msgspec

from keepwell.churn.save_list import RiskChange
from keepwell.platform.statements import Query
from keepwell.records.accounts.model import GroupRow


class ListDay(msgspec.Struct, frozen=True):
    """A save list by its run, and the day to which its data reach."""

    run: int
    as_of: date


class Comparison(msgspec.Struct, frozen=True):
    """How two lists differ: accounts that only one has, and the revenue at risk of each."""

    joined: int
    gone: int
    revenue_at_risk: str | None
    revenue_at_risk_before: str | None


# Only lists of one label can be compared: what another one calls leaving is another thing, and so is its money.
EARLIER = Query(
    """
    select r.number as run, r.as_of
    from churn_runs r join churn_models m on (m.workspace_id, m.version) = (r.workspace_id, r.model_version)
    where r.workspace_id = %(workspace_id)s and r.state = 'scored' and r.as_of < %(as_of)s and m.label = %(label)s::jsonb
    order by r.number desc limit 1
    """,
    ListDay,
)

# Both lists as they were made; not materialized, so that only the columns in use are kept. What is at risk on them is their
# runs': that of scores is rounded, and does not add up to it.
_COMPARED: LiteralString = """
    with later as not materialized (
      select * from churn_run_scores
      where workspace_id = %(workspace_id)s and run_number = %(run)s and not is_held
    ), earlier as not materialized (
      select * from churn_run_scores
      where workspace_id = %(workspace_id)s and run_number = %(earlier)s and not is_held
    )
"""

COMPARISON = Query(
    f"""
    {_COMPARED}, compared as (
      select count(*) filter (where earlier.account_id is null) as joined,
             count(*) filter (where later.account_id is null) as gone,
             sum(later.revenue_at_risk) as at_risk, sum(earlier.revenue_at_risk) as at_risk_before
      from later full join earlier using (account_id)
    )
    select joined::int as joined, gone::int as gone,
           coalesce(newer.revenue_at_risk, at_risk, 0)::text as revenue_at_risk,
           coalesce(older.revenue_at_risk, at_risk_before, 0)::text as revenue_at_risk_before
    from compared, churn_runs newer
    join churn_runs older on older.workspace_id = newer.workspace_id and older.number = %(earlier)s
    where newer.workspace_id = %(workspace_id)s and newer.number = %(run)s
    """,  # noqa: S608  our own text, with the parameters apart
    Comparison,
)

RISK_CHANGES = Query(
    f"""
    {_COMPARED}
    select later.account_id, a.name, later.kind, later.probability, earlier.probability as probability_before,
           later.revenue_at_risk::text as revenue_at_risk, earlier.revenue_at_risk::text as revenue_at_risk_before
    from later join earlier using (account_id)
    join accounts a on a.workspace_id = %(workspace_id)s and a.id = later.account_id
    where (later.probability - earlier.probability) * %(direction)s::integer > 0
    order by (later.revenue_at_risk - earlier.revenue_at_risk) * %(direction)s::integer desc,
             (later.probability - earlier.probability) * %(direction)s::integer desc, a.external_id
    limit %(limit)s
    """,  # noqa: S608  our own text, with the parameters apart
    RiskChange,
)

_GROUPED: LiteralString = """
    select g.account_id, a.name, (count(*) over ())::int as count, round(sum(g.amount) over (), 2)::text as amount
    from found g join accounts a on a.workspace_id = %(workspace_id)s and a.id = g.account_id
    order by abs(g.amount) desc, a.external_id limit %(limit)s
"""

NEW_AT_RISK = Query(
    f"""
    {_COMPARED}, found as (
      select later.account_id, later.revenue_at_risk as amount
      from later left join earlier using (account_id)
      where later.reasons @> any (%(reasons)s::jsonb[])
        and not coalesce(earlier.reasons @> any (%(reasons)s::jsonb[]), false)
    ) {_GROUPED}
    """,  # noqa: S608  our own text, with the parameters apart
    GroupRow,
)

BACK_IN_USE = Query(
    f"""
    {_COMPARED}, found as (
      select later.account_id, later.revenue_at_risk - earlier.revenue_at_risk as amount
      from later join earlier using (account_id)
      where earlier.reasons @> any (%(reasons)s::jsonb[])
        and not later.reasons @> any (%(reasons)s::jsonb[])
    ) {_GROUPED}
    """,  # noqa: S608  our own text, with the parameters apart
    GroupRow,
)
