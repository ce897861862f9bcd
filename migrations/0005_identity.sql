-- Who may do what, and the ways to prove who one is: passwords, short access tokens with their refresh
-- tokens, and a provider of OpenID Connect.

alter table members
  add column role text not null default 'owner' check (role in ('owner', 'admin', 'analyst', 'agent')),
  add column email text check (length(email) <= 320),
  add column password_hash text,
  add column oidc_issuer text,
  add column oidc_subject text,
  add column removed_at timestamptz;

alter table members alter column role drop default;

-- An address signs in to one workspace only: so that signing in needs to name none.
create unique index members_by_email on members (lower(email)) where email is not null and removed_at is null;
create unique index members_by_oidc on members (oidc_issuer, oidc_subject) where oidc_subject is not null;

alter table api_tokens
  add column scopes text[],  -- null: all that the member may do
  add column expires_at timestamptz,
  add column revoked_at timestamptz,
  add column last_used_at timestamptz;

-- A family begins with one signing in; each refresh spends a token and adds the next. A spent one that is
-- shown again is stolen, or the thief's: the whole family ends.
create table refresh_families (
  workspace_id uuid not null,
  id uuid not null,
  member_id uuid not null,
  scopes text[],
  created_at timestamptz not null,
  revoked_at timestamptz,
  primary key (workspace_id, id),
  foreign key (workspace_id, member_id) references members (workspace_id, id) on delete cascade
);

create table refresh_tokens (
  workspace_id uuid not null,
  id uuid not null,
  family_id uuid not null,
  secret_hash text not null unique,
  expires_at timestamptz not null,
  used_at timestamptz,
  primary key (workspace_id, id),
  foreign key (workspace_id, family_id) references refresh_families (workspace_id, id) on delete cascade
);

create index refresh_tokens_by_family on refresh_tokens (workspace_id, family_id);

create function app_email() returns text
  language sql stable
  return nullif(current_setting('app.email', true), '');

create function app_credential_member() returns uuid
  language sql stable
  return (
    select member_id from api_tokens where secret_hash = app_credential()
    union all
    select member_id from sessions where secret_hash = app_credential()
    limit 1
  );

-- Whoever shows a secret sees whose it is. Signing in shows the one member who is named, before any workspace is.
drop policy tenant on members;
create policy tenant on members
  using (workspace_id = app_workspace() or id = app_credential_member()
         or (removed_at is null and lower(email) = lower(app_email()))
         or (removed_at is null and oidc_issuer || ' ' || oidc_subject = app_credential()))
  with check (workspace_id = app_workspace());

create policy tenant on refresh_families
  using (workspace_id = app_workspace()) with check (workspace_id = app_workspace());
create policy tenant on refresh_tokens
  using (workspace_id = app_workspace() or secret_hash = app_credential())
  with check (workspace_id = app_workspace());

do $$
declare
  tenant_table text;
begin
  foreach tenant_table in array array['refresh_families', 'refresh_tokens'] loop
    execute format('alter table %I enable row level security', tenant_table);
    execute format('alter table %I force row level security', tenant_table);
    execute format('grant select, insert, update, delete on %I to keepwell_app', tenant_table);
  end loop;
end
$$;
