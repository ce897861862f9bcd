-- What the websites of accounts say, read from outside if a workspace asks for it.

-- Whether a worker reads them. Off at first: a server that calls others must be asked to.
alter table workspaces
  add column website_crawls text not null default 'off' check (website_crawls in ('off', 'daily', 'weekly'));

-- How each account's website was last found. What it said is in account_signals.
create table account_websites (
  workspace_id uuid not null,
  account_id uuid not null,
  website text not null,   -- as its contact has it
  url text,                -- what was asked for; null if the website is nonsense, and `problem` says why
  problem text,
  state text check (state in ('alive', 'moved', 'dead', 'unknown')),
  outcome text,            -- of its first page, in the words of the crawl
  status integer,          -- its HTTP status
  moved_to text,
  since timestamptz,       -- when that state began, as far as is known
  read_at timestamptz not null,
  changed_at timestamptz,  -- when a signal last changed, and which did; null if none has
  changes text[] not null default '{}',
  primary key (workspace_id, account_id),
  foreign key (workspace_id, account_id) references accounts (workspace_id, id) on delete cascade,
  check ((url is null) = (problem is not null)),
  check ((url is null) = (state is null))
);

-- One crawl of websites of accounts, and what it took. No website is named here.
create table crawls (
  workspace_id uuid not null references workspaces (id) on delete cascade,
  id uuid not null,
  cause text not null check (cause in ('command', 'worker')),
  started_at timestamptz not null,
  ended_at timestamptz not null,
  accounts integer not null,
  websites integer not null,
  signals integer not null,  -- that were new
  requests integer not null,
  bytes bigint not null,
  outcomes jsonb not null,   -- URLs by what came of them
  statuses jsonb not null,   -- answers by HTTP status
  retries jsonb not null,    -- by reason
  waited jsonb not null,     -- seconds of all hosts together, by cause
  queue_left integer not null,
  error text,
  primary key (workspace_id, id)
);

create index crawls_by_start on crawls (workspace_id, started_at, id);

do $$
declare
  tenant_table text;
begin
  foreach tenant_table in array array['account_websites', 'crawls'] loop
    execute format('create policy tenant on %I using (workspace_id = app_workspace())', tenant_table);
    execute format('alter table %I enable row level security', tenant_table);
    execute format('alter table %I force row level security', tenant_table);
    execute format('grant select, insert, update, delete on %I to keepwell_app', tenant_table);
  end loop;
end
$$;
