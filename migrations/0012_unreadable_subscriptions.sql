-- Subscriptions whose last reading failed: what their account pays is uncertain until a later reading succeeds.

create table unreadable_subscriptions (
  workspace_id uuid not null,
  id uuid not null,
  external_id text not null,  -- of the subscription at its source; of its account if the row had no id
  account_id uuid not null,
  since date not null,
  until date,                 -- the day it was read again; null while it cannot be read
  field text not null,        -- the place in the source's record
  code text not null,
  reason text not null,
  primary key (workspace_id, id),
  unique (workspace_id, external_id),
  foreign key (workspace_id, account_id) references accounts (workspace_id, id) on delete cascade
);

create index unreadable_subscriptions_by_account on unreadable_subscriptions (workspace_id, account_id) where until is null;

create policy tenant on unreadable_subscriptions using (workspace_id = app_workspace());
alter table unreadable_subscriptions enable row level security;
alter table unreadable_subscriptions force row level security;
grant select, insert, update, delete on unreadable_subscriptions to keepwell_app;

-- Imports write these rows too, and an undo restores them. Old rows satisfied the narrower check, so they need no scan.
alter table import_changes
  drop constraint import_changes_entity_check,
  add constraint import_changes_entity_check check (
    entity in ('plans', 'accounts', 'subscriptions', 'unreadable_subscriptions', 'invoices', 'charges', 'refunds')
  ) not valid;
