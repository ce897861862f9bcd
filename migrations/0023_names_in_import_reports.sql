-- Stored reports use the names of today: the drift's `found` was called `came`, a file's `derived` rows `split`.

-- An owner who is no superuser is subject to the policy, which knows no workspace here.
alter table imports no force row level security;
update imports
set drift = (
  select jsonb_agg(case when each ? 'came' then each - 'came' || jsonb_build_object('found', each -> 'came') else each end
                   order by place)
  from jsonb_array_elements(drift) with ordinality as of_report (each, place)
)
where drift <> '[]';
update imports
set summary = jsonb_set(summary, '{entities}', (
  select jsonb_object_agg(entity, case when counts ? 'split'
                                       then counts - 'split' || jsonb_build_object('derived', counts -> 'split')
                                       else counts end)
  from jsonb_each(summary -> 'entities') as of_report (entity, counts)
))
where jsonb_typeof(summary -> 'entities') = 'object' and summary -> 'entities' <> '{}';
alter table imports force row level security;
