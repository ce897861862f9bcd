-- Workspaces, who may enter them, and their subscription records.
--
-- Row-level security is on, and forced, for every table from the start: a forgotten WHERE shows
-- nothing. A transaction says whose rows it may see by SET LOCAL of one of three settings:
--   app.workspace_id    the tenant; everything else of it follows
--   app.credential      the hash of a presented secret: shows the one row that holds it
--   app.workspace_slug  the operator's CLI naming a workspace before it enters it
-- keepwell_app is the role that every connection of the product acts as; it can bypass nothing.

do $$
begin
  create role keepwell_app nologin nosuperuser nobypassrls;
exception
  when duplicate_object or unique_violation then null;  -- roles belong to the server: another database made it
end
$$;

grant keepwell_app to current_user;

create function app_workspace() returns uuid
  language sql stable
  return nullif(current_setting('app.workspace_id', true), '')::uuid;

create function app_credential() returns text
  language sql stable
  return nullif(current_setting('app.credential', true), '');

create table workspaces (
  id uuid primary key,
  slug text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  name text not null,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  synthetic boolean not null default false,
  created_at timestamptz not null
);

create table members (
  workspace_id uuid not null references workspaces (id) on delete cascade,
  id uuid not null,
  name text not null,
  created_at timestamptz not null,
  primary key (workspace_id, id)
);

-- One table per kind of secret; each holds the SHA-256 of it only.
create table sign_in_links (
  workspace_id uuid not null,
  id uuid not null,
  member_id uuid not null,
  secret_hash text not null unique,
  expires_at timestamptz not null,
  used_at timestamptz,
  primary key (workspace_id, id),
  foreign key (workspace_id, member_id) references members (workspace_id, id) on delete cascade
);

create table sessions (
  workspace_id uuid not null,
  id uuid not null,
  member_id uuid not null,
  secret_hash text not null unique,
  expires_at timestamptz not null,
  primary key (workspace_id, id),
  foreign key (workspace_id, member_id) references members (workspace_id, id) on delete cascade
);

create table api_tokens (
  workspace_id uuid not null,
  id uuid not null,
  member_id uuid not null,
  name text not null,
  secret_hash text not null unique,
  created_at timestamptz not null,
  primary key (workspace_id, id),
  foreign key (workspace_id, member_id) references members (workspace_id, id) on delete cascade
);

create table accounts (
  workspace_id uuid not null references workspaces (id) on delete cascade,
  id uuid not null,
  external_id text not null,
  name text not null,
  industry text,
  country text,
  signed_up_on date,
  primary key (workspace_id, id),
  unique (workspace_id, external_id)
);

create index accounts_by_name on accounts (workspace_id, name, id);

-- A row is a span of service at one price: a change of plan, seats or price ends one row and begins
-- another. It counts from starts_on until the day before ends_on.
create table subscriptions (
  workspace_id uuid not null,
  id uuid not null,
  external_id text not null,
  account_id uuid not null,
  plan text not null,
  seats integer not null check (seats >= 0),
  amount numeric not null check (amount >= 0),
  amount_per text not null check (amount_per in ('day', 'week', 'month', 'quarter', 'year')),
  billing_interval text not null check (billing_interval in ('day', 'week', 'month', 'quarter', 'year')),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  starts_on date not null,
  ends_on date check (ends_on >= starts_on),
  is_trial boolean not null,
  cancelled_on date,
  end_reason text check (end_reason in ('voluntary', 'involuntary')),
  -- Exact: MRR is the sum of these, divided by 12 once.
  annual_amount numeric not null generated always as (
    amount * case amount_per
      when 'day' then 365 when 'week' then 52 when 'month' then 12 when 'quarter' then 4 else 1
    end
  ) stored,
  primary key (workspace_id, id),
  unique (workspace_id, external_id),
  foreign key (workspace_id, account_id) references accounts (workspace_id, id) on delete cascade
);

create index subscriptions_by_account on subscriptions (workspace_id, account_id);

create table imports (
  workspace_id uuid not null references workspaces (id) on delete cascade,
  id uuid not null,
  mapping text not null,
  finished_at timestamptz not null,
  summary jsonb not null,
  primary key (workspace_id, id)
);

do $$
declare
  tenant_table text;
begin
  foreach tenant_table in array array['members', 'accounts', 'subscriptions', 'imports'] loop
    execute format('create policy tenant on %I using (workspace_id = app_workspace())', tenant_table);
  end loop;
  foreach tenant_table in array array['sign_in_links', 'sessions', 'api_tokens'] loop
    execute format(
      'create policy tenant on %I using (workspace_id = app_workspace() or secret_hash = app_credential())
       with check (workspace_id = app_workspace())', tenant_table);
  end loop;
  foreach tenant_table in array array[
    'workspaces', 'members', 'sign_in_links', 'sessions', 'api_tokens', 'accounts', 'subscriptions', 'imports'
  ] loop
    execute format('alter table %I enable row level security', tenant_table);
    execute format('alter table %I force row level security', tenant_table);
    execute format('grant select, insert, update, delete on %I to keepwell_app', tenant_table);
  end loop;
end
$$;

create policy tenant on workspaces
  using (id = app_workspace() or slug = current_setting('app.workspace_slug', true));
