-- When all that follows a list was done: earlier lists and this one judged, and after a night, a challenger seen to. Null until then, so that a
-- worker tries again; also of a run without a list, after which nothing follows.
alter table churn_runs add column judged_at timestamptz;

-- Lists of releases before are not judged again. An owner who is no superuser is subject to the policies, which know no workspace here.
alter table churn_runs no force row level security;
update churn_runs set judged_at = scored_at where state = 'scored';
alter table churn_runs force row level security;

alter table churn_runs add check (judged_at is null or state = 'scored');
