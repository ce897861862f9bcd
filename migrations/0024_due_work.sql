-- Work that is due: one table is the queue of every kind of work, whichever room it belongs to. Webhook deliveries, which
-- had a queue of their own, move onto it; `webhook_deliveries` stays the record of attempts and their outcome.

create table due_work (
  workspace_id uuid not null references workspaces (id) on delete cascade,
  kind text not null check (kind ~ '^[a-z][a-z0-9_.-]{0,62}$'),
  subject_id uuid not null,
  -- Of the jobs of one kind and group, a worker runs only a few at once: those of one webhook endpoint, for example.
  group_id uuid,
  -- While a job that has a lease is under way, this lies ahead by it: if the process dies, the job is due again then.
  due_at timestamptz not null,
  attempts integer not null default 0,
  leased_until timestamptz,
  last_error text,
  primary key (workspace_id, kind, subject_id)
);

create index due_work_by_queue on due_work (workspace_id, kind, group_id, due_at);
-- For the one question that is asked of all workspaces at once, every second: what is due?
create index due_work_by_time on due_work (due_at, workspace_id, kind, group_id);

-- The nights that are done. The key is what keeps a night from being done twice, whatever the clock does.
create table nightly_work (
  workspace_id uuid not null references workspaces (id) on delete cascade,
  kind text not null,
  date date not null,
  done_at timestamptz not null,
  primary key (workspace_id, kind, date)
);

-- Deliveries that are due move onto the queue. An owner who is no superuser is subject to the policy, which knows no workspace
-- here.
alter table webhook_deliveries no force row level security;
insert into due_work (workspace_id, kind, subject_id, group_id, due_at, attempts, last_error)
select workspace_id, 'webhooks.delivery', id, endpoint_id, due_at, attempts, last_error
from webhook_deliveries where status = 'due';
alter table webhook_deliveries force row level security;

drop policy delivering on webhook_deliveries;
drop index webhook_deliveries_due;

-- The release before this one still writes `due_at`, and finds nothing due any more: what it makes due is sent by this one. A
-- later migration drops the column and the trigger.
alter table webhook_deliveries alter column due_at drop not null;

create function queue_webhook_delivery() returns trigger
  language plpgsql as $$
begin
  insert into due_work (workspace_id, kind, subject_id, group_id, due_at)
  values (new.workspace_id, 'webhooks.delivery', new.id, new.endpoint_id, new.due_at)
  on conflict (workspace_id, kind, subject_id) do update set (due_at, attempts) = (excluded.due_at, 0);
  return null;
end
$$;

create trigger queue_webhook_delivery after insert or update of due_at on webhook_deliveries
  for each row when (new.status = 'due' and new.due_at is not null) execute function queue_webhook_delivery();

do $$
declare
  tenant_table text;
begin
  foreach tenant_table in array array['due_work', 'nightly_work'] loop
    execute format('create policy tenant on %I using (workspace_id = app_workspace())', tenant_table);
    execute format('alter table %I enable row level security', tenant_table);
    execute format('alter table %I force row level security', tenant_table);
    execute format('grant select, insert, update, delete on %I to keepwell_app', tenant_table);
  end loop;
end
$$;

-- The worker looks over all workspaces for what is due, and enters each one to do anything about it.
create policy working on due_work for select using (current_setting('app.working', true) = 'on');
create policy working on workspaces for select using (current_setting('app.working', true) = 'on');
