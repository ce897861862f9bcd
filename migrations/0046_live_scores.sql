-- What lists turned out to be worth, and how far each night's accounts are from those that the model was learnt from.

-- How the inputs of a model were distributed in its training: see `TrainingReference`. Null of models of earlier releases.
alter table churn_models add column reference jsonb;

-- The figures of a list once so many days of its horizon are on record. What a list came to is a fact: a later correction changes none.
create table churn_live_lists (
  workspace_id uuid not null,
  run_number integer not null,
  known_days integer not null check (known_days > 0),
  as_of date not null,
  horizon_days integer not null check (horizon_days >= known_days),
  model_version integer not null,
  judged_at timestamptz not null,
  figures jsonb not null,
  left_alone jsonb,  -- of the accounts left alone; null if nobody was
  primary key (workspace_id, run_number, known_days),
  foreign key (workspace_id, run_number) references churn_runs (workspace_id, number) on delete cascade
);

-- The test of the probabilities: what is owned by somebody who bets against them, after each list that was bet on.
create table churn_live_tests (
  workspace_id uuid not null,
  run_number integer not null,
  as_of date not null,
  label jsonb not null,  -- lists with another label or horizon begin another test
  horizon_days integer not null check (horizon_days > 0),
  judged_at timestamptz not null,
  wagers jsonb not null,
  figures jsonb not null,  -- of all lists of the test together
  left_alone jsonb,
  announced_at timestamptz,  -- of a break, when it was; null of a list without one
  primary key (workspace_id, run_number),
  unique (workspace_id, as_of),
  foreign key (workspace_id, run_number) references churn_runs (workspace_id, number) on delete cascade
);

-- What is known of a list when it is made: drift, and what is to be expected of its figures.
create table churn_drift (
  workspace_id uuid not null,
  run_number integer not null,
  as_of date not null,
  model_version integer not null,
  judged_at timestamptz not null,
  is_look boolean not null,  -- whether it decides: once a week
  drifted text[] not null,
  drift jsonb,  -- null if the model has no reference
  expected jsonb not null,
  smallest_visible double precision,
  announced_at timestamptz,
  primary key (workspace_id, run_number),
  foreign key (workspace_id, run_number) references churn_runs (workspace_id, number) on delete cascade
);

do $$
declare
  tenant_table text;
begin
  foreach tenant_table in array array['churn_live_lists', 'churn_live_tests', 'churn_drift'] loop
    execute format('create policy tenant on %I using (workspace_id = app_workspace())', tenant_table);
    execute format('alter table %I enable row level security', tenant_table);
    execute format('alter table %I force row level security', tenant_table);
    execute format('grant select, insert, update, delete on %I to keepwell_app', tenant_table);
  end loop;
end
$$;
