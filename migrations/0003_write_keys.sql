-- Write keys: with one, a product may send events into a workspace and do nothing else. They are no
-- secret where browsers send events, so they can be revoked by name; only the hash is kept all the same.

create table write_keys (
  workspace_id uuid not null references workspaces (id) on delete cascade,
  id uuid not null,
  name text not null,
  secret_hash text not null unique,
  created_at timestamptz not null,
  revoked_at timestamptz,
  primary key (workspace_id, id)
);

create unique index write_keys_name on write_keys (workspace_id, name) where revoked_at is null;

create policy tenant on write_keys
  using (workspace_id = app_workspace() or secret_hash = app_credential())
  with check (workspace_id = app_workspace());
alter table write_keys enable row level security;
alter table write_keys force row level security;
grant select, insert, update, delete on write_keys to keepwell_app;
