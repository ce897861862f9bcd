-- Every website that contacts of an account name, not its own alone.

-- How each was last found. What it said is in account_signals. An address may be longer than a key can be.
create table named_websites (
  workspace_id uuid not null,
  account_id uuid not null,
  website text not null,   -- as its contact has it
  id uuid generated always as (md5(account_id::text || ' ' || website)::uuid) stored,
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
  primary key (workspace_id, account_id, id),
  foreign key (workspace_id, account_id) references accounts (workspace_id, id) on delete cascade,
  check ((url is null) = (problem is not null)),
  check ((url is null) = (state is null))
);

-- An owner who is no superuser is subject to the policy, which knows no workspace here.
alter table account_websites no force row level security;
insert into named_websites (
  workspace_id, account_id, website, url, problem, state, outcome, status, moved_to, since, read_at, changed_at, changes)
select workspace_id, account_id, website, url, problem, state, outcome, status, moved_to, since, read_at, changed_at, changes
from account_websites;
-- The release before writes here while it still runs, and reads again what it misses; a later migration drops the table.
delete from account_websites;
alter table account_websites force row level security;

create policy tenant on named_websites using (workspace_id = app_workspace());
alter table named_websites enable row level security;
alter table named_websites force row level security;
grant select, insert, update, delete on named_websites to keepwell_app;

-- In the changes feed under the id of the workspace, so that the feed does not grow with the crawls: pages show what one found as
-- soon as it ends.
create trigger note_crawl after insert on crawls for each row execute function note_change('crawls', 'workspace_id');
