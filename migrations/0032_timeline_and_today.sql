-- What the timeline of an account and the page of the day look up.

-- Few invoices are open, among many that are paid.
create index invoices_open on invoices (workspace_id, account_id) where status = 'open';

-- A deleted contact is on record nowhere else.
create index audit_entries_of_deleted_contacts on audit_entries (workspace_id, sequence) where action = 'contact.deleted';

create index account_signals_by_account on account_signals (workspace_id, account_id, observed_at);

-- The revenue at risk of a list when it was made, without the accounts left alone: adding it up again would read every
-- score of every list. Null for a list that a release before this one makes.
alter table churn_models add column revenue_at_risk numeric;

-- An owner who is no superuser is subject to the policies, which know no workspace here.
alter table churn_models no force row level security;
alter table churn_scores no force row level security;
update churn_models m
set revenue_at_risk = (
  select coalesce(sum(s.revenue_at_risk), 0) from churn_scores s
  where s.workspace_id = m.workspace_id and s.model_version = m.version and not s.is_held);
alter table churn_models force row level security;
alter table churn_scores force row level security;
