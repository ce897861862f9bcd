-- Save cases: accounts that a save list put at risk, each in the arm that a draw decided, until the horizon of that list has ended; and
-- the contacts that were made meanwhile.

create table save_cases (
  workspace_id uuid not null,
  id uuid not null,
  external_id text not null,     -- the source's id of an imported one, else ours
  account_id uuid not null,
  opened_on date not null,       -- the day of the list
  horizon_ends_on date not null, -- the last day that counts
  arm text not null check (arm in ('act', 'hold')),
  held_share numeric check (held_share >= 0 and held_share < 1), -- of the draw; null if the source did not say
  model_version integer,         -- null of imported ones, as are the probability and the reasons
  probability double precision check (probability between 0 and 1),
  mrr numeric check (mrr >= 0),
  reasons jsonb,                 -- also null once the person was erased
  outcome text check (outcome in ('stayed', 'left', 'shrank', 'unknown')), -- null while the case is open
  mrr_at_horizon numeric check (mrr_at_horizon >= 0),
  mrr_lost numeric check (mrr_lost >= 0),  -- by movements, without exchange rates
  unknown_because text check (unknown_because in ('not_decided', 'records_end', 'unreadable')),
  decided_at timestamptz,
  records_until date,            -- the day to which the records reached when it was decided
  revised_at timestamptz,
  revised_from text,             -- the outcome before the latest revision
  is_announced boolean not null default true, -- false until others have heard that it was opened, or has ended
  version integer not null default 1,
  primary key (workspace_id, id),
  unique (workspace_id, external_id),
  foreign key (workspace_id, account_id) references accounts (workspace_id, id) on delete cascade,
  foreign key (workspace_id, model_version) references churn_models (workspace_id, version),
  check (horizon_ends_on > opened_on),
  check ((outcome is null or outcome = 'unknown') = (mrr_at_horizon is null)),
  check ((mrr_at_horizon is null) = (mrr_lost is null)),
  check ((outcome is not distinct from 'unknown') = (unknown_because is not null))
);

create unique index save_cases_open on save_cases (workspace_id, account_id) where outcome is null;
create index save_cases_by_account on save_cases (workspace_id, account_id, opened_on);
create index save_cases_to_announce on save_cases (workspace_id) where not is_announced;
create index save_cases_by_day on save_cases (workspace_id, opened_on, id);

-- An arm that could change, or an opening figure that could be improved later, would decide the comparison. What the source did not
-- say may become known once; what identifies a person may go.
create function keep_opening_figures() returns trigger language plpgsql as $$
begin
  if (new.account_id, new.opened_on, new.horizon_ends_on, new.arm, new.model_version)
       is distinct from (old.account_id, old.opened_on, old.horizon_ends_on, old.arm, old.model_version)
     or (old.held_share is not null and new.held_share is distinct from old.held_share)
     or (old.probability is not null and new.probability is distinct from old.probability)
     or (old.mrr is not null and new.mrr is distinct from old.mrr)
     or (new.reasons is not null and new.reasons is distinct from old.reasons) then
    raise exception 'The arm and the opening figures of a save case never change.' using errcode = 'check_violation';
  end if;
  return new;
end
$$;
create trigger keep_opening_figures before update on save_cases for each row execute function keep_opening_figures();

create table save_case_contacts (
  workspace_id uuid not null,
  id uuid not null,
  external_id text not null,
  case_id uuid not null,
  account_id uuid not null,
  contacted_at timestamptz not null,
  channel text not null check (channel in ('phone', 'mail', 'chat', 'meeting', 'other')),
  member_id uuid,          -- null of an imported contact; no foreign key: a contact outlives whom it names
  note text check (length(note) between 1 and 2000),
  crossover_reason text check (length(crossover_reason) between 1 and 500),  -- why somebody who is left alone was contacted
  primary key (workspace_id, id),
  unique (workspace_id, external_id),
  foreign key (workspace_id, case_id) references save_cases (workspace_id, id) on delete cascade,
  foreign key (workspace_id, account_id) references accounts (workspace_id, id) on delete cascade
);

create index save_case_contacts_by_case on save_case_contacts (workspace_id, case_id, contacted_at);
create index save_case_contacts_by_account on save_case_contacts (workspace_id, account_id, contacted_at);

do $$
declare
  tenant_table text;
begin
  foreach tenant_table in array array['save_cases', 'save_case_contacts'] loop
    execute format('create policy tenant on %I using (workspace_id = app_workspace())', tenant_table);
    execute format('alter table %I enable row level security', tenant_table);
    execute format('alter table %I force row level security', tenant_table);
    execute format('grant select, insert, update, delete on %I to keepwell_app', tenant_table);
  end loop;
end
$$;
