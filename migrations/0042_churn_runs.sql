-- Runs: each is one scoring of a workspace's accounts, every night, after an import, by hand, or by a training. A list belongs to its
-- run, no longer to its model, which may make many.

create table churn_runs (
  workspace_id uuid not null references workspaces (id) on delete cascade,
  number integer not null check (number > 0),
  date date not null,  -- of a run at night, the night; else the day on which it was
  cause text not null check (cause in ('night', 'import', 'training', 'manual')),
  -- `silent`: a source had gone silent; `not_scored`: there was nothing to score, or to train on; `missed`: no worker ran that night.
  state text not null check (state in ('scored', 'silent', 'not_scored', 'missed')),
  statement text,  -- why there is no list
  scored_at timestamptz not null,  -- when the records were read
  model_version integer,
  as_of date,
  accounts integer check (accounts >= 0),  -- null of a list by the release before, which does not count them
  revenue_at_risk numeric,  -- without the accounts left alone
  silence jsonb,
  input_names text[],  -- of the inputs of the run's scores, in their order
  primary key (workspace_id, number),
  foreign key (workspace_id, model_version) references churn_models (workspace_id, version) on delete cascade,
  check ((state = 'scored') = (model_version is not null and as_of is not null)),
  check ((state = 'scored') = (statement is null))
);

-- Exactly once for each night, whatever is killed when.
create unique index churn_runs_of_nights on churn_runs (workspace_id, date) where cause = 'night';
create index churn_runs_with_a_list on churn_runs (workspace_id, number) where state = 'scored';
create index churn_runs_of_models on churn_runs (workspace_id, model_version) where model_version is not null;

-- Narrow, since there is a row for each account and night: the names of inputs are the run's.
create table churn_run_scores (
  workspace_id uuid not null,
  account_id uuid not null,
  run_number integer not null,
  rank integer not null check (rank > 0),
  probability double precision not null check (probability between 0 and 1),
  mrr numeric not null check (mrr >= 0),
  revenue_at_risk numeric not null check (revenue_at_risk >= 0),
  is_held boolean not null,
  -- Whether the score says something new of the account: what its timeline shows of many nights.
  is_moment boolean not null,
  kind text not null check (kind in ('voluntary', 'involuntary')),
  plan text not null,
  reasons jsonb not null,
  inputs double precision[],  -- null in it is unknown; null if an earlier release scored, or the person was erased
  primary key (workspace_id, run_number, account_id),
  unique (workspace_id, account_id, run_number),
  foreign key (workspace_id, run_number) references churn_runs (workspace_id, number) on delete cascade,
  foreign key (workspace_id, account_id) references accounts (workspace_id, id) on delete cascade
);

create index churn_run_scores_of_moments on churn_run_scores (workspace_id, account_id, run_number) where is_moment;

do $$
declare
  tenant_table text;
begin
  foreach tenant_table in array array['churn_runs', 'churn_run_scores'] loop
    execute format('create policy tenant on %I using (workspace_id = app_workspace())', tenant_table);
    execute format('alter table %I enable row level security', tenant_table);
    execute format('grant select, insert, update, delete on %I to keepwell_app', tenant_table);
  end loop;
end
$$;

-- The rates of accounts that have announced their end, for lists that the model makes after its training: see `AnnouncedRates`.
alter table churn_models add column announced jsonb;

-- One run for each model so far. An owner who is no superuser is subject to the policies, which know no workspace here.
lock table churn_models, churn_scores in share row exclusive mode;
alter table churn_models no force row level security;
alter table churn_scores no force row level security;

insert into churn_runs (workspace_id, number, date, cause, state, scored_at, model_version, as_of, accounts, revenue_at_risk, silence,
                        input_names)
select m.workspace_id, m.version, (m.trained_at at time zone 'UTC')::date, 'training', 'scored', m.trained_at, m.version, m.as_of,
       (select count(*) from churn_scores s where (s.workspace_id, s.model_version) = (m.workspace_id, m.version)),
       m.revenue_at_risk, m.silence,
       (select array_agg(key)
        from (select inputs from churn_scores s
              where (s.workspace_id, s.model_version) = (m.workspace_id, m.version) and jsonb_typeof(inputs) = 'object'
              limit 1) as one, jsonb_object_keys(one.inputs) as key)
from churn_models m;

insert into churn_run_scores (workspace_id, account_id, run_number, rank, probability, mrr, revenue_at_risk, is_held, is_moment, kind,
                              plan, reasons, inputs)
select s.workspace_id, s.account_id, s.model_version, s.rank, s.probability, s.mrr, s.revenue_at_risk, s.is_held, true, s.kind,
       s.plan, s.reasons,
       case when jsonb_typeof(s.inputs) = 'object' then (
         select array_agg((s.inputs ->> name)::double precision order by place)
         from unnest(r.input_names) with ordinality as each (name, place)) end
from churn_scores s join churn_runs r on (r.workspace_id, r.number) = (s.workspace_id, s.model_version);

alter table churn_models force row level security;
alter table churn_runs force row level security;
alter table churn_run_scores force row level security;

-- What follows is for the release before, while it still runs; a later migration drops it. To it, `churn_scores` is the newest list of
-- each model, and a model has the day, the money and the silence of that list.
drop table churn_scores;
alter table churn_models alter column as_of drop not null;

create view churn_scores with (security_invoker = true) as
select s.workspace_id, r.model_version, s.rank, s.account_id, s.plan, s.mrr, s.probability, s.revenue_at_risk, s.kind, s.reasons,
       s.is_held,
       case when s.inputs is not null then (
         select jsonb_object_agg(name, value) from unnest(r.input_names, s.inputs) as each (name, value)) end as inputs
from churn_runs r join churn_run_scores s on (s.workspace_id, s.run_number) = (r.workspace_id, r.number)
where r.number = (select max(newest.number) from churn_runs newest
                  where (newest.workspace_id, newest.model_version) = (r.workspace_id, r.model_version));
grant select, insert, update on churn_scores to keepwell_app;

create function add_run_of_model() returns trigger language plpgsql as $$
begin
  insert into churn_runs (workspace_id, number, date, cause, state, scored_at, model_version, as_of, revenue_at_risk, silence)
  select new.workspace_id, coalesce(max(number), 0) + 1, (new.trained_at at time zone 'UTC')::date, 'training', 'scored',
         new.trained_at, new.version, new.as_of, new.revenue_at_risk, new.silence
  from churn_runs where workspace_id = new.workspace_id;
  return null;
end
$$;
create trigger add_run_of_model after insert on churn_models
  for each row when (new.as_of is not null) execute function add_run_of_model();

create function note_silence_of_model() returns trigger language plpgsql as $$
begin
  update churn_runs set silence = new.silence
  where workspace_id = new.workspace_id
    and number = (select max(number) from churn_runs where workspace_id = new.workspace_id and model_version = new.version);
  return null;
end
$$;
create trigger note_silence_of_model after update of silence on churn_models
  for each row when (pg_trigger_depth() = 0) execute function note_silence_of_model();

create function show_run_in_model() returns trigger language plpgsql as $$
begin
  if new.state = 'scored' then
    update churn_models set (as_of, revenue_at_risk, silence) = (new.as_of, new.revenue_at_risk, new.silence)
    where workspace_id = new.workspace_id and version = new.model_version;
  elsif new.state = 'silent' then
    update churn_models set silence = new.silence
    where workspace_id = new.workspace_id
      and version = (select max(version) from churn_models where workspace_id = new.workspace_id);
  end if;
  return null;
end
$$;
create trigger show_run_in_model after insert on churn_runs
  for each row when (pg_trigger_depth() = 0) execute function show_run_in_model();

create function write_run_score() returns trigger language plpgsql as $$
declare
  run churn_runs;
begin
  if tg_op = 'UPDATE' then
    update churn_run_scores set inputs = null where workspace_id = old.workspace_id and account_id = old.account_id;
    return new;
  end if;
  select * into strict run from churn_runs
  where workspace_id = new.workspace_id and model_version = new.model_version order by number desc limit 1;
  if run.input_names is null and jsonb_typeof(new.inputs) = 'object' then
    run.input_names := array(select jsonb_object_keys(new.inputs));
    update churn_runs set input_names = run.input_names where workspace_id = run.workspace_id and number = run.number;
  end if;
  insert into churn_run_scores (workspace_id, account_id, run_number, rank, probability, mrr, revenue_at_risk, is_held, is_moment, kind,
                                plan, reasons, inputs)
  values (new.workspace_id, new.account_id, run.number, new.rank, new.probability, new.mrr, new.revenue_at_risk,
          coalesce(new.is_held, false), true, new.kind, new.plan, new.reasons,
          case when jsonb_typeof(new.inputs) = 'object' then array(
            select (new.inputs ->> name)::double precision
            from unnest(run.input_names) with ordinality as each (name, place) order by place) end);
  return new;
end
$$;
create trigger write_run_score instead of insert or update on churn_scores
  for each row execute function write_run_score();
