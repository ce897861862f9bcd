-- The day on which an account churned, so that lists can filter and sort by it; and which scored accounts are left alone.

alter table account_standings add column churned_on date;

-- An owner who is no superuser is subject to the policies, which know no workspace here.
alter table account_standings no force row level security;
alter table movement_facts no force row level security;
update account_standings t
set churned_on = (
  select max(f."on") from movement_facts f
  where f.workspace_id = t.workspace_id and f.account_id = t.account_id and 'default' = any(f.policies)
    and f.kind = 'churn' and f."on" <= t.as_of)
where status = 'churned';
alter table account_standings force row level security;
alter table movement_facts force row level security;

create index account_standings_by_churn
  on account_standings (workspace_id, (coalesce(churned_on, '-infinity'::date)), account_id);

-- Decided by the holdout number when the list is made, and kept: a share that is changed later does not change who was held.
alter table churn_scores add column is_held boolean not null default false;
