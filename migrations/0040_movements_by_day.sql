-- The movement facts by day, for figures by day or week: a day has a handful of rows, whatever the number of accounts.
-- Without cohort and reason, which those figures do not tell apart and which would make as many rows as there are facts.
create table movement_days (
  workspace_id uuid not null references workspaces (id) on delete cascade,
  policies text[] not null,
  day date not null,
  kind text not null,
  annual_amount numeric not null,
  movements integer not null,
  paying_accounts integer not null,
  primary key (workspace_id, policies, day, kind)
) with (fillfactor = 70);

-- Adds the facts that a statement inserted, or takes away those that it deleted, as `roll_up_movements` does by month.
-- Triggers fire by name: that one comes first and takes the lock of whoever writes facts.
create function roll_up_movement_days() returns trigger language plpgsql as $$
declare
  sign constant integer := case tg_op when 'INSERT' then 1 else -1 end;
begin
  insert into movement_days as r
  select workspace_id, policies, "on", kind, sign * sum(annual_amount), sign * count(*), sign * sum(paying_accounts)
  from changed
  group by 1, 2, 3, 4
  on conflict (workspace_id, policies, day, kind) do update
    set annual_amount = r.annual_amount + excluded.annual_amount,
        movements = r.movements + excluded.movements,
        paying_accounts = r.paying_accounts + excluded.paying_accounts;
  return null;
end
$$;

create trigger roll_up_inserted_days after insert on movement_facts
  referencing new table as changed for each statement execute function roll_up_movement_days();
create trigger roll_up_deleted_days after delete on movement_facts
  referencing old table as changed for each statement execute function roll_up_movement_days();

-- The facts that there are, by the same function. An owner who is no superuser is subject to the policy.
create temporary table facts_so_far (like movement_facts) on commit drop;
create trigger roll_up_so_far after insert on facts_so_far
  referencing new table as changed for each statement execute function roll_up_movement_days();
alter table movement_facts no force row level security;
insert into facts_so_far select * from movement_facts;
alter table movement_facts force row level security;

create policy tenant on movement_days using (workspace_id = app_workspace());
alter table movement_days enable row level security;
alter table movement_days force row level security;
grant select, insert, update, delete on movement_days to keepwell_app;
