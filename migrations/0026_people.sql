-- The people of an account, what a workspace and a member settle for themselves, and signals about accounts.

-- Which entities an import may write is decided in the code, where rooms register theirs; undo refuses names it does not know.
alter table import_changes drop constraint import_changes_entity_check;

create table contacts (
  workspace_id uuid not null,
  id uuid not null,
  external_id text not null,
  account_id uuid not null,
  name text,
  email text,
  phone text,
  locale text,                    -- a BCP 47 tag
  time_zone text,                 -- a name of the IANA database
  website text,
  is_billing boolean not null default false,
  unsubscribed_at timestamptz,    -- wants no mail that is not about an invoice
  version bigint not null default 1,
  primary key (workspace_id, id),
  unique (workspace_id, external_id),
  foreign key (workspace_id, account_id) references accounts (workspace_id, id) on delete cascade,
  -- At most one of an account. Checked when a transaction ends, since the flag may move in any order of rows.
  constraint contacts_one_billing exclude using btree (workspace_id with =, account_id with =)
    where (is_billing) deferrable initially deferred
);

create index contacts_by_account on contacts (workspace_id, account_id, id);
create index contacts_by_name on contacts (workspace_id, (coalesce(name, email, external_id)), id);
create index contacts_by_email on contacts (workspace_id, email);

create policy tenant on contacts using (workspace_id = app_workspace());
alter table contacts enable row level security;
alter table contacts force row level security;
grant select, insert, update, delete on contacts to keepwell_app;

alter table workspaces
  add column time_zone text not null default 'UTC',
  add column locale text not null default 'en',
  add column postal_address text,
  add column sender_name text,
  add column sender_email text,
  add column policy text not null default 'default',
  -- By kind, as text: {"follow_up": "0.2"}. A kind that is missing holds nobody.
  add column holdout_shares jsonb not null default '{}' check (jsonb_typeof(holdout_shares) = 'object'),
  add column version bigint not null default 1;

-- Null is the workspace's own setting. Quiet hours are local times, and may cross midnight.
create table member_preferences (
  workspace_id uuid not null,
  member_id uuid not null,
  time_zone text,
  locale text,
  quiet_from text check (quiet_from ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'),
  quiet_until text check (quiet_until ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'),
  version bigint not null default 1,
  primary key (workspace_id, member_id),
  foreign key (workspace_id, member_id) references members (workspace_id, id) on delete cascade,
  check ((quiet_from is null) = (quiet_until is null)),
  check (quiet_from <> quiet_until)
);

create policy tenant on member_preferences using (workspace_id = app_workspace());
alter table member_preferences enable row level security;
alter table member_preferences force row level security;
grant select, insert, update, delete on member_preferences to keepwell_app;

-- What was observed about an account outside its records. Rows are added, never changed: a correction is a later row of
-- the same observation, so that what was known on a day can be read back.
create table account_signals (
  workspace_id uuid not null,
  id uuid not null,
  account_id uuid not null,
  kind text not null,
  value jsonb not null,
  observed_at timestamptz not null,  -- when it was so
  known_at timestamptz not null,     -- when we learnt it
  primary key (workspace_id, id),
  unique (workspace_id, account_id, kind, observed_at, known_at),
  foreign key (workspace_id, account_id) references accounts (workspace_id, id) on delete cascade,
  check (observed_at <= known_at)
);

create policy tenant on account_signals using (workspace_id = app_workspace());
alter table account_signals enable row level security;
alter table account_signals force row level security;
grant select, insert, delete on account_signals to keepwell_app;

-- `write` was the permission for plans, invoices and the removal of accounts too; tokens that had it keep those. An owner who
-- is no superuser is subject to the policy, which knows no workspace here.
alter table api_tokens no force row level security;
alter table refresh_families no force row level security;
update api_tokens set scopes = array_append(scopes, 'books') where 'write' = any(scopes);
update refresh_families set scopes = array_append(scopes, 'books') where 'write' = any(scopes);
alter table api_tokens force row level security;
alter table refresh_families force row level security;
