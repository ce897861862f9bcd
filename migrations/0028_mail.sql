-- Mails to people: what is to be sent, what became of it, and who wants which of them no longer.

create table mails (
  workspace_id uuid not null references workspaces (id) on delete cascade,
  id uuid not null,
  kind text not null check (kind ~ '^[a-z][a-z0-9_-]{0,62}$'),
  -- Of two mails with the same text, only the first exists: one digest for each member and week, for example.
  once text,
  -- Whom it is about in the room that wrote it: a member or a contact. Not a foreign key, since both may go.
  subject_id uuid,
  -- The list that a link in it leaves, if there is one.
  topic text,
  message_id text not null,
  sender_name text,
  sender_address text,
  recipient_name text,
  recipient_address text not null,
  subject text not null,
  text text,
  html text,
  -- Instead of both: the same encrypted, for what nobody but the recipient may read. Deleted once it was sent.
  sealed bytea,
  status text not null
    check (status in ('kept', 'waiting', 'sending', 'sent', 'failed', 'unknown', 'expired', 'unsubscribed')),
  attempts integer not null default 0,
  -- What the server answered last, or why there was no answer.
  reply text,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz,
  primary key (workspace_id, id),
  unique (workspace_id, once)
);

create index mails_by_status on mails (workspace_id, status, id);
create index mails_by_subject on mails (workspace_id, subject_id, id);

create table mail_opt_outs (
  workspace_id uuid not null references workspaces (id) on delete cascade,
  topic text not null,
  subject_id uuid not null,
  since timestamptz not null,
  primary key (workspace_id, topic, subject_id)
);

do $$
declare
  tenant_table text;
begin
  foreach tenant_table in array array['mails', 'mail_opt_outs'] loop
    execute format('create policy tenant on %I using (workspace_id = app_workspace())', tenant_table);
    execute format('alter table %I enable row level security', tenant_table);
    execute format('alter table %I force row level security', tenant_table);
    execute format('grant select, insert, update, delete on %I to keepwell_app', tenant_table);
  end loop;
end
$$;

-- The address of a contact that a mail server has refused. It says nothing of another one, so a contact whose e-mail was
-- corrected, by whatever way, can be written to again.
alter table contacts add column undeliverable_email text;
