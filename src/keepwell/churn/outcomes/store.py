"""The SQL that reads what outcomes are measured from."""

from __future__ import annotations

from keepwell.churn.outcomes.model import CaseFigures, NewestList
from keepwell.platform.statements import Query

CASES = Query(
    """
    select c.account_id, c.opened_on, c.arm, c.held_share::float8 as held_share, c.probability, c.mrr, c.outcome, c.mrr_lost,
           coalesce(made.contacts, 0)::int as contacts
    from save_cases c
    left join (
      select case_id, count(*) as contacts from save_case_contacts where workspace_id = %(workspace_id)s group by case_id
    ) as made on made.case_id = c.id
    where c.workspace_id = %(workspace_id)s
    order by c.opened_on, c.id
    """,
    CaseFigures,
)

NEWEST_LIST = Query(
    """
    select m.label ->> 'name' as label, r.as_of + m.horizon_days as horizon_ends_on, r.scored_at as made_at
    from churn_runs r join churn_models m on (m.workspace_id, m.version) = (r.workspace_id, r.model_version)
    where r.workspace_id = %(workspace_id)s and r.state = 'scored' order by r.number desc limit 1
    """,
    NewestList,
)
