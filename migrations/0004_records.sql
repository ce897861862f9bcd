-- What a bank would sign for: plans and invoices beside the spans, a version for each row that clients may
-- change, and the answers of requests that were given a key.

create table plans (
  workspace_id uuid not null references workspaces (id) on delete cascade,
  id uuid not null,
  external_id text not null,  -- what `subscriptions.plan` holds
  name text not null,
  amount numeric check (amount >= 0),  -- the list price of a seat; null where no one price is known
  amount_per text check (amount_per in ('day', 'week', 'month', 'quarter', 'year')),
  currency text check (currency ~ '^[A-Z]{3}$'),
  archived_at timestamptz,
  version bigint not null default 1,
  primary key (workspace_id, id),
  unique (workspace_id, external_id)
);

insert into plans (workspace_id, id, external_id, name)
select workspace_id, gen_random_uuid(), plan, plan from (select distinct workspace_id, plan from subscriptions) as known;

alter table accounts add column version bigint not null default 1;
alter table subscriptions add column version bigint not null default 1;

create table invoices (
  workspace_id uuid not null,
  id uuid not null,
  external_id text not null,
  account_id uuid not null,
  number text,
  status text not null check (status in ('draft', 'open', 'paid', 'void', 'uncollectible')),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  total numeric not null,       -- tax included; a credit note is negative
  tax numeric not null default 0,
  amount_paid numeric not null default 0,
  amount_refunded numeric not null default 0,
  issued_on date not null,
  due_on date,
  paid_on date,
  version bigint not null default 1,
  primary key (workspace_id, id),
  unique (workspace_id, external_id),
  foreign key (workspace_id, account_id) references accounts (workspace_id, id) on delete cascade
);

create index invoices_by_account on invoices (workspace_id, account_id, issued_on);
create index invoices_by_day on invoices (workspace_id, issued_on, id);

-- A charge is one attempt to take money; what of it was given back stands in `refunds`.
create table charges (
  workspace_id uuid not null,
  id uuid not null,
  external_id text not null,
  account_id uuid not null,
  invoice_external_id text,
  status text not null check (status in ('succeeded', 'pending', 'failed')),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  amount numeric not null check (amount >= 0),
  failure_code text,
  charged_at timestamptz not null,
  primary key (workspace_id, id),
  unique (workspace_id, external_id),
  foreign key (workspace_id, account_id) references accounts (workspace_id, id) on delete cascade
);

create index charges_by_account on charges (workspace_id, account_id, charged_at);

create table refunds (
  workspace_id uuid not null,
  id uuid not null,
  external_id text not null,
  charge_id uuid not null,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  amount numeric not null check (amount >= 0),
  reason text,
  refunded_at timestamptz not null,
  primary key (workspace_id, id),
  unique (workspace_id, external_id),
  foreign key (workspace_id, charge_id) references charges (workspace_id, id) on delete cascade
);

-- The answer that a key was given. The row is inserted before the effect and completed after it, in the
-- effect's own transaction: a second request with the key waits for the first, and then finds the answer.
create table idempotency_keys (
  workspace_id uuid not null references workspaces (id) on delete cascade,
  member_id uuid not null,
  key_hash bytea not null,
  request_hash bytea not null,
  created_at timestamptz not null,
  status integer,
  headers jsonb,
  body bytea,  -- encrypted with the key itself, since it may hold a secret that is shown once
  primary key (workspace_id, member_id, key_hash)
);

create index idempotency_keys_by_age on idempotency_keys (workspace_id, created_at);

-- What each account is today, kept beside its records: a list can be sorted by it without adding up every
-- subscription. `changes_on` is the first day on which it may be otherwise without a new record.
create table account_standings (
  workspace_id uuid not null,
  account_id uuid not null,
  status text not null check (status in ('active', 'trial', 'churned', 'prospect')),
  plan text,
  annual_amount numeric not null,  -- twelve times the MRR, exact, in the workspace's currency
  since date,
  as_of date not null,
  changes_on date,
  primary key (workspace_id, account_id),
  foreign key (workspace_id, account_id) references accounts (workspace_id, id) on delete cascade
);

create index account_standings_by_mrr on account_standings (workspace_id, annual_amount, account_id);
create index account_standings_by_since
  on account_standings (workspace_id, (coalesce(since, 'infinity'::date)), account_id);
create index account_standings_by_change on account_standings (workspace_id, changes_on);

-- Each is due at once, and so made from its records when they are first asked for.
insert into account_standings (workspace_id, account_id, status, annual_amount, as_of, changes_on)
select workspace_id, id, 'prospect', 0, '1900-01-01', '1900-01-01' from accounts;

-- An account without a standing would be on no list: so there is no such account, whoever adds it.
create function add_account_standings() returns trigger
  language plpgsql as $$
begin
  insert into account_standings (workspace_id, account_id, status, annual_amount, as_of, changes_on)
  select workspace_id, id, 'prospect', 0, '1900-01-01', '1900-01-01' from added;
  return null;
end
$$;

create trigger account_standings after insert on accounts
  referencing new table as added
  for each statement execute function add_account_standings();

create index plans_by_name on plans (workspace_id, name, id);
create index subscriptions_by_start on subscriptions (workspace_id, starts_on, id);

-- Cells of the generic cell rate algorithm: when the next request of `key` would be just in time. No tenant's
-- data: a key is the hash of an address or of an e-mail, and a crash may lose it.
create unlogged table rate_limits (
  key text primary key,
  arrival timestamptz not null
);

grant select, insert, update, delete on rate_limits to keepwell_app;

do $$
declare
  tenant_table text;
begin
  foreach tenant_table in array array['plans', 'account_standings', 'invoices', 'charges', 'refunds', 'idempotency_keys'] loop
    execute format('create policy tenant on %I using (workspace_id = app_workspace())', tenant_table);
    execute format('alter table %I enable row level security', tenant_table);
    execute format('alter table %I force row level security', tenant_table);
    execute format('grant select, insert, update, delete on %I to keepwell_app', tenant_table);
  end loop;
end
$$;
