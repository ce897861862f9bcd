-- Webhooks out: who is to be told, what there is to tell, and each telling of one to the other. The due rows of
-- `webhook_deliveries` are the queue, written with the change that they tell of.

create table webhook_endpoints (
  workspace_id uuid not null references workspaces (id) on delete cascade,
  id uuid not null,
  url text not null,
  description text not null,
  events text[] not null,  -- empty: every event
  -- The secret itself is kept nowhere: it is made from the home's own, the id and this number.
  secret_number integer not null default 1,
  secret_changed_at timestamptz not null,
  failing_since timestamptz,
  disabled_at timestamptz,
  disabled_because text check (disabled_because in ('asked', 'gone', 'failing')),
  created_at timestamptz not null,
  version bigint not null default 1,
  primary key (workspace_id, id),
  check ((disabled_at is null) = (disabled_because is null))
);

create table webhook_messages (
  workspace_id uuid not null references workspaces (id) on delete cascade,
  id uuid not null,
  event text not null,
  published_at timestamptz not null,
  body text not null,  -- as it is signed, to the byte
  primary key (workspace_id, id)
);

create index webhook_messages_by_age on webhook_messages (workspace_id, published_at);

create table webhook_deliveries (
  workspace_id uuid not null,
  id uuid not null,
  endpoint_id uuid not null,
  message_id uuid not null,
  status text not null default 'due' check (status in ('due', 'delivered', 'failed')),
  -- While an attempt is under way this lies ahead by its lease: if the process dies, it is due again then.
  due_at timestamptz not null,
  attempts integer not null default 0,
  attempted_at timestamptz,
  last_status_code integer,
  last_error text,
  primary key (workspace_id, id),
  unique (workspace_id, message_id, endpoint_id),
  foreign key (workspace_id, endpoint_id) references webhook_endpoints (workspace_id, id) on delete cascade,
  foreign key (workspace_id, message_id) references webhook_messages (workspace_id, id) on delete cascade
);

create index webhook_deliveries_due on webhook_deliveries (workspace_id, endpoint_id, due_at) where status = 'due';
create index webhook_deliveries_by_endpoint on webhook_deliveries (workspace_id, endpoint_id, id);

do $$
declare
  tenant_table text;
begin
  foreach tenant_table in array array['webhook_endpoints', 'webhook_messages', 'webhook_deliveries'] loop
    execute format('create policy tenant on %I using (workspace_id = app_workspace())', tenant_table);
    execute format('alter table %I enable row level security', tenant_table);
    execute format('alter table %I force row level security', tenant_table);
    execute format('grant select, insert, update, delete on %I to keepwell_app', tenant_table);
  end loop;
end
$$;

-- The one who delivers looks over all workspaces for what is due, and enters each to do anything about it.
create policy delivering on webhook_deliveries for select
  using (status = 'due' and current_setting('app.delivering', true) = 'on');
