"""The SQL of the scores in an account's timeline."""

from __future__ import annotations

from typing import LiteralString

from keepwell.churn.save_list import ScoreMoment
from keepwell.platform.statements import Query

# Who may not know who is left alone gets no score of a list that holds the account, and none at all while the newest does:
# a gap would say so too.
_MAY_BE_SEEN: LiteralString = "(%(with_held)s::boolean or not s.is_held)"

# A day has one figure: of the lists that a day's moment is followed by on its own day, the last speaks for it, as it does elsewhere.
_OF_ITS_DAY: LiteralString = """
    lateral (
      select s.probability, s.revenue_at_risk, s.reasons
      from churn_run_scores s join churn_runs r on (r.workspace_id, r.number) = (s.workspace_id, s.run_number)
      where s.workspace_id = %(workspace_id)s and s.account_id = %(account_id)s and s.run_number >= news.run_number
        and s.run_number < coalesce((
          select min(later.run_number) from churn_run_scores later
          where later.workspace_id = %(workspace_id)s and later.account_id = %(account_id)s and later.is_moment
            and later.run_number > news.run_number), 2147483647)
        and date_trunc('day', r.scored_at, 'UTC') = date_trunc('day', news.scored_at, 'UTC')
      order by s.run_number desc limit 1
    )
"""

# Of many nights, those on which the score said something new; the one before is that of the moment before, so that a risk that
# rises slowly is seen to rise.
SCORES_OF_ACCOUNT = Query(
    f"""
    with page as (
      select r.scored_at, 'score:' || lpad(r.number::text, 10, '0') as id, m.version, m.signal, m.label, s.run_number, s.kind, s.is_held
      from churn_run_scores s
      join churn_runs r on (r.workspace_id, r.number) = (s.workspace_id, s.run_number)
      join churn_models m on (m.workspace_id, m.version) = (r.workspace_id, r.model_version)
      where s.workspace_id = %(workspace_id)s and s.account_id = %(account_id)s and s.is_moment and {_MAY_BE_SEEN}
        and (%(with_held)s::boolean or not exists (
          select from churn_run_scores held
          where held.workspace_id = %(workspace_id)s and held.account_id = %(account_id)s and held.is_held
            and held.run_number = (
              select max(number) from churn_runs where workspace_id = %(workspace_id)s and state = 'scored')))
        and r.scored_at <= %(before)s::timestamptz
        and (r.scored_at < %(before)s::timestamptz
             or 'score:' || lpad(r.number::text, 10, '0') collate "C" < %(before_id)s::text)
      order by r.scored_at desc, r.number desc limit %(limit)s
    )
    select news.scored_at as moment, id, version, shown.probability, before.probability as probability_before,
           case when label ->> 'money' <> 'none' then shown.revenue_at_risk::text end as revenue_at_risk,
           (select currency from workspaces where id = app_workspace()) as currency, kind, shown.reasons::text as reasons, is_held,
           signal, label ->> 'name' as label
    from page as news cross join lateral (select news.run_number as number) as outer_run cross join {_OF_ITS_DAY} as shown
    left join lateral (
      select of_day.probability
      from (
        select s.run_number, r.scored_at
        from churn_run_scores s join churn_runs r on (r.workspace_id, r.number) = (s.workspace_id, s.run_number)
        where s.workspace_id = %(workspace_id)s and s.account_id = %(account_id)s and s.run_number < outer_run.number
          and s.is_moment and {_MAY_BE_SEEN}
        order by s.run_number desc limit 1
      ) as news cross join {_OF_ITS_DAY} as of_day
    ) as before on true
    order by news.scored_at desc, news.run_number desc
    """,  # noqa: S608  our own text, with the parameters apart
    ScoreMoment,
)
