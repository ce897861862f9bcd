-- Imports that can be listed and undone: what each did to which row, with the row before and after it.

alter table imports
  add column source text not null default 'file',
  add column status text not null default 'finished'
    check (status in ('running', 'finished', 'failed', 'interrupted', 'undone')),
  add column started_at timestamptz,
  add column drift jsonb not null default '[]',
  add column assumptions jsonb not null default '[]',
  add column columns jsonb not null default '{}',  -- the names that each file had, by entity: what is new next time
  add column error text,
  add column undone_at timestamptz,
  alter column finished_at drop not null,
  alter column summary drop not null;

update imports set started_at = finished_at;

alter table imports
  alter column started_at set not null,
  add check (status = 'running' or finished_at is not null),
  add check ((status = 'undone') = (undone_at is not null));

create index imports_by_start on imports (workspace_id, started_at desc, id desc);

-- `before` is null where the import made the row. A row that an import writes twice stands here twice: the
-- first `before` and the last `after` of it are what an undo goes by.
create table import_changes (
  workspace_id uuid not null,
  import_id uuid not null,
  sequence bigint not null,
  entity text not null check (entity in ('plans', 'accounts', 'subscriptions', 'invoices', 'charges', 'refunds')),
  row_id uuid not null,
  before jsonb,
  after jsonb not null,
  primary key (workspace_id, import_id, sequence),
  foreign key (workspace_id, import_id) references imports (workspace_id, id) on delete cascade
);

create index import_changes_by_row on import_changes (workspace_id, entity, row_id);

create policy tenant on import_changes using (workspace_id = app_workspace());
alter table import_changes enable row level security;
alter table import_changes force row level security;
grant select, insert, update, delete on import_changes to keepwell_app;
