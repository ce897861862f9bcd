-- The audit log: who changed what, in a chain of hashes per workspace. The app's role may read and add, and
-- nothing else. The head says how long the chain is, so that a tail that is cut off is missed; it only moves on.

create table audit_entries (
  workspace_id uuid not null references workspaces (id) on delete cascade,
  sequence bigint not null check (sequence > 0),
  id uuid not null,
  at timestamptz not null,
  member_id uuid not null,  -- no foreign key: an entry outlives whom it names
  token_id uuid,
  action text not null,
  subject text not null,
  -- JSON as it was hashed; jsonb would write it anew.
  before text,
  after text,
  request_id text not null,
  previous_hash bytea not null,
  hash bytea not null,
  primary key (workspace_id, sequence)
);

create index audit_entries_by_subject on audit_entries (workspace_id, subject, sequence);

create table audit_heads (
  workspace_id uuid primary key references workspaces (id) on delete cascade,
  sequence bigint not null check (sequence >= 0),
  hash bytea not null
);

create function move_audit_head_on() returns trigger
  language plpgsql as $$
begin
  if new.workspace_id <> old.workspace_id or new.sequence <> old.sequence + 1 then
    raise exception 'the head of the audit log only moves on' using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end
$$;

create trigger audit_heads_move_on before update on audit_heads
  for each row execute function move_audit_head_on();

do $$
declare
  tenant_table text;
begin
  foreach tenant_table in array array['audit_entries', 'audit_heads'] loop
    execute format('create policy tenant on %I using (workspace_id = app_workspace())', tenant_table);
    execute format('alter table %I enable row level security', tenant_table);
    execute format('alter table %I force row level security', tenant_table);
  end loop;
end
$$;

grant select, insert on audit_entries to keepwell_app;
grant select, insert, update on audit_heads to keepwell_app;
