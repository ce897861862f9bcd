-- The movement facts by month, so that a figure of years reads a few thousand rows, and not every fact.

-- The sums of a month's facts.
create table movement_rollups (
  workspace_id uuid not null references workspaces (id) on delete cascade,
  policies text[] not null,
  month date not null,
  cohort date not null,
  kind text not null,
  end_reason text,
  annual_amount numeric not null,
  movements integer not null,
  paying_accounts integer not null,
  unique nulls not distinct (workspace_id, policies, month, cohort, kind, end_reason)
) with (fillfactor = 70);

-- What became of the customers who paid at the end of a month, by the end of a later one. The figure of an opening and a
-- closing month is the sum of the rows of these and of earlier months: a row is what changes from its two months on. So
-- an account adds as many rows as it has pairs of months with a change, and not one for every pair of months.
create table retention_rollups (
  workspace_id uuid not null references workspaces (id) on delete cascade,
  policies text[] not null,
  opening_month date not null,
  closing_month date not null,
  end_reason text,
  lost_accounts integer not null,  -- that paid in the opening month and pay nothing in the closing one
  kept_amount numeric not null,    -- what the others pay now, less what all of them paid
  capped_amount numeric not null,  -- the same, each account at most at what it paid
  unique nulls not distinct (workspace_id, policies, opening_month, closing_month, end_reason)
) with (fillfactor = 70);

-- Adds the facts that a statement inserted, or takes away those that it deleted. The facts of an account under a set of
-- policies are always inserted, and deleted, by one statement: the second sum is of pairs of an account's facts.
--
-- A trigger, because facts are also deleted with their account, and written by a release that knows no roll-ups.
create function roll_up_movements() returns trigger language plpgsql as $$
declare
  sign constant integer := case tg_op when 'INSERT' then 1 else -1 end;
begin
  if not exists (select from changed) then
    return null;
  end if;
  -- The lock of whoever writes facts. Accounts that are deleted come here without it.
  perform pg_advisory_xact_lock(hashtextextended('movement_facts ' || workspace_id::text, 0))
  from (select distinct workspace_id from changed) as written;

  insert into movement_rollups as r
  select workspace_id, policies, date_trunc('month', "on"::timestamp)::date, cohort, kind, end_reason,
         sign * sum(annual_amount), sign * count(*), sign * sum(paying_accounts)
  from changed
  group by 1, 2, 3, 4, 5, 6
  on conflict (workspace_id, policies, month, cohort, kind, end_reason) do update
    set annual_amount = r.annual_amount + excluded.annual_amount,
        movements = r.movements + excluded.movements,
        paying_accounts = r.paying_accounts + excluded.paying_accounts;

  insert into retention_rollups as r
  with moved as (
    select workspace_id, policies, account_id, date_trunc('month', "on"::timestamp)::date as month,
           sum(annual_amount) as amount, bool_or(kind = 'fx') as has_fx,
           (array_agg(end_reason order by "on" desc) filter (where kind <> 'fx'))[1] as end_reason
    from changed
    group by 1, 2, 3, 4
  ), balances as (
    select *, sum(amount) over (of_account order by month) as balance, bool_or(has_fx) over of_account as is_revalued
    from moved
    window of_account as (partition by workspace_id, policies, account_id)
  ), states as (
    -- What an account with an FX line keeps depends on the rates of both days, so only whether it pays counts here.
    select workspace_id, policies, account_id, month, is_revalued,
           case when is_revalued then sign(balance) else balance end as balance,
           case when balance = 0 then end_reason end as end_reason
    from balances
  ), changes as (
    select *, lag(balance) over of_account as balance_before, lag(end_reason) over of_account as reason_before
    from states
    window of_account as (partition by workspace_id, policies, account_id order by month)
  ), accounts_of as (
    -- Arrays, and not a join of the rows with themselves: that would need a good plan.
    select workspace_id, policies, is_revalued, array_agg(month order by month) as months,
           array_agg(balance order by month) as balances, array_agg(end_reason order by month) as reasons
    from changes
    where (balance, end_reason) is distinct from (balance_before, reason_before)
    group by workspace_id, policies, account_id, is_revalued
    having count(*) > 1
  ), pairs as (
    select workspace_id, policies, months[i] as opening, months[i + 1] as next_opening, months[j] as closing,
           reasons[j] as end_reason, reasons[j - 1] as reason_before,
           balances[j] as balance, balances[j - 1] as balance_before,
           case when is_revalued then 0 else balances[j] - balances[j - 1] end as kept,
           case when is_revalued then 0
                else least(balances[i], balances[j]) - least(balances[i], balances[j - 1]) end as capped
    from accounts_of
    cross join lateral generate_series(2, cardinality(months)) as closings (j)
    cross join lateral generate_series(1, j - 1) as openings (i)
    where balances[i] > 0
  )
  select workspace_id, policies, from_month.opening_month, closing, line.end_reason,
         sign * sum(from_month.counts * line.lost), sign * sum(from_month.counts * line.kept),
         sign * sum(from_month.counts * line.capped)
  from pairs
  -- An opening balance counts until the next one.
  cross join lateral (values (opening, 1), (next_opening, -1)) as from_month (opening_month, counts)
  cross join lateral (values
    (pairs.end_reason, (balance = 0)::integer, pairs.kept, pairs.capped),
    (reason_before, -(balance_before = 0)::integer, 0, 0)
  ) as line (end_reason, lost, kept, capped)
  group by 1, 2, 3, 4, 5
  having sum(from_month.counts * line.lost) <> 0 or sum(from_month.counts * line.kept) <> 0
      or sum(from_month.counts * line.capped) <> 0
  on conflict (workspace_id, policies, opening_month, closing_month, end_reason) do update
    set lost_accounts = r.lost_accounts + excluded.lost_accounts,
        kept_amount = r.kept_amount + excluded.kept_amount,
        capped_amount = r.capped_amount + excluded.capped_amount;
  return null;
end
$$;

create trigger roll_up_inserted after insert on movement_facts
  referencing new table as changed for each statement execute function roll_up_movements();
create trigger roll_up_deleted after delete on movement_facts
  referencing old table as changed for each statement execute function roll_up_movements();

-- The facts that there are, by the same function. An owner who is no superuser is subject to the policy.
create temporary table facts_so_far (like movement_facts) on commit drop;
create trigger roll_up_so_far after insert on facts_so_far
  referencing new table as changed for each statement execute function roll_up_movements();
alter table movement_facts no force row level security;
insert into facts_so_far select * from movement_facts;
alter table movement_facts force row level security;

-- Facts on which policies differ name one policy, all others every policy.
create index movement_facts_of_one_policy on movement_facts (workspace_id, "on") where cardinality(policies) = 1;
create index movement_facts_of_rates on movement_facts (workspace_id, account_id) where kind = 'fx';

do $$
declare
  tenant_table text;
begin
  foreach tenant_table in array array['movement_rollups', 'retention_rollups'] loop
    execute format('create policy tenant on %I using (workspace_id = app_workspace())', tenant_table);
    execute format('alter table %I enable row level security', tenant_table);
    execute format('alter table %I force row level security', tenant_table);
    execute format('grant select, insert, update, delete on %I to keepwell_app', tenant_table);
  end loop;
end
$$;
