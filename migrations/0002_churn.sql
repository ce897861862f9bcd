-- Trained models and the save list that each gave; both are written in one transaction, never changed.

create table churn_models (
  workspace_id uuid not null references workspaces (id) on delete cascade,
  version integer not null check (version > 0),
  trained_at timestamptz not null,
  as_of date not null,
  horizon_days integer not null check (horizon_days > 0),
  signal boolean not null,
  statement text not null,
  base_rate double precision not null check (base_rate between 0 and 1),
  evaluation jsonb not null,
  parameters jsonb,  -- null where there was too little to fit
  primary key (workspace_id, version)
);

create table churn_scores (
  workspace_id uuid not null,
  model_version integer not null,
  rank integer not null check (rank > 0),
  account_id uuid not null,
  plan text not null,
  mrr numeric not null check (mrr >= 0),
  probability double precision not null check (probability between 0 and 1),
  revenue_at_risk numeric not null check (revenue_at_risk >= 0),
  kind text not null check (kind in ('voluntary', 'involuntary')),
  reasons jsonb not null,
  primary key (workspace_id, model_version, rank),
  unique (workspace_id, account_id, model_version),
  foreign key (workspace_id, model_version) references churn_models (workspace_id, version) on delete cascade,
  foreign key (workspace_id, account_id) references accounts (workspace_id, id) on delete cascade
);

do $$
declare
  tenant_table text;
begin
  foreach tenant_table in array array['churn_models', 'churn_scores'] loop
    execute format('create policy tenant on %I using (workspace_id = app_workspace())', tenant_table);
    execute format('alter table %I enable row level security', tenant_table);
    execute format('alter table %I force row level security', tenant_table);
    execute format('grant select, insert, update, delete on %I to keepwell_app', tenant_table);
  end loop;
end
$$;
