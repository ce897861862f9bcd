-- The changes feed: for each record the version of its latest change, in the order in which changes were committed.

create table change_counters (
  workspace_id uuid primary key references workspaces (id) on delete cascade,
  version bigint not null  -- of the newest change
);

create table changes (
  workspace_id uuid not null references workspaces (id) on delete cascade,
  kind text not null,
  record_id uuid not null,
  version bigint not null,
  primary key (workspace_id, kind, record_id)
);

create unique index changes_by_version on changes (workspace_id, version);

-- What the running transactions have changed so far. Each deletes its rows as it commits, so there is nothing to lose.
create unlogged table pending_changes (
  workspace_id uuid not null,
  id uuid not null,
  kinds text[] not null,
  record_ids uuid[] not null,  -- of the same length
  primary key (workspace_id, id)
);

alter table pending_changes set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

-- Runs as part of COMMIT: the counter is the last lock that a transaction takes, and is held until it is committed.
-- So versions are committed in their order, and a reader never sees one before those below it.
create function number_changes() returns trigger language plpgsql as $$
declare
  newest bigint;
begin
  -- The transaction may have entered another workspace since.
  perform set_config('app.workspace_id', new.workspace_id::text, true);
  delete from pending_changes where workspace_id = new.workspace_id and id = new.id;
  insert into change_counters as counter (workspace_id, version)
  values (new.workspace_id, cardinality(new.record_ids))
  on conflict (workspace_id) do update set version = counter.version + excluded.version
  returning version into newest;
  insert into changes (workspace_id, kind, record_id, version)
  select new.workspace_id, kind, record_id, newest - cardinality(new.record_ids) + number
  from unnest(new.kinds, new.record_ids) with ordinality as given (kind, record_id, number)
  on conflict (workspace_id, kind, record_id) do update set version = excluded.version;
  perform pg_notify('changes', new.workspace_id::text);
  return null;
end
$$;

create constraint trigger number_changes after insert on pending_changes
  deferrable initially deferred for each row execute function number_changes();

do $$
declare
  tenant_table text;
begin
  foreach tenant_table in array array['change_counters', 'changes', 'pending_changes'] loop
    execute format('create policy tenant on %I using (workspace_id = app_workspace())', tenant_table);
    execute format('alter table %I enable row level security', tenant_table);
    execute format('alter table %I force row level security', tenant_table);
    execute format('grant select, insert, update, delete on %I to keepwell_app', tenant_table);
  end loop;
end
$$;
