-- Records from Stripe: how far they were read, and which of its events were taken in.

create table stripe_links (
  workspace_id uuid primary key references workspaces (id) on delete cascade,
  webhook_secret bytea,       -- encrypted with the home's own secret; null where no webhooks are taken
  -- A full reading under way: which kind of object, and after which of them it goes on.
  reading text,
  reading_after text,
  reading_since timestamptz,  -- when it began: what happened later is told by events
  read_at timestamptz,        -- when the last full reading began; null before the first
  events_since timestamptz,   -- from when on events are to be asked for
  check ((reading is null) = (reading_since is null))
);

create table stripe_events (
  workspace_id uuid not null references workspaces (id) on delete cascade,
  id text not null,
  type text not null,
  created_at timestamptz not null,
  received_at timestamptz not null,
  -- Of an event that a webhook brought and that could not be taken: kept until an import makes a dead letter of it.
  problem text,
  body jsonb,
  primary key (workspace_id, id),
  check ((problem is null) = (body is null))
);

create index stripe_events_by_age on stripe_events (workspace_id, created_at);

-- As of when each object was read: Stripe promises no order, and an old state must not come over a newer one.
create table stripe_objects (
  workspace_id uuid not null references workspaces (id) on delete cascade,
  id text not null,
  as_of timestamptz not null,
  primary key (workspace_id, id)
);

-- The spans of one of Stripe's subscriptions, whose ids begin with its own.
create index subscriptions_by_source on subscriptions
  (workspace_id, split_part(split_part(external_id, '#', 1), '/', 1));

do $$
declare
  tenant_table text;
begin
  foreach tenant_table in array array['stripe_links', 'stripe_events', 'stripe_objects'] loop
    execute format('create policy tenant on %I using (workspace_id = app_workspace())', tenant_table);
    execute format('alter table %I enable row level security', tenant_table);
    execute format('alter table %I force row level security', tenant_table);
    execute format('grant select, insert, update, delete on %I to keepwell_app', tenant_table);
  end loop;
end
$$;
