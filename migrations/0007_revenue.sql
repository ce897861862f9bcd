-- Movements of MRR as facts: made from the subscriptions, kept with each change, and rebuildable from nothing.

-- The price before a discount that ends by itself; some policies look through such a discount.
alter table subscriptions
  add column list_amount numeric check (list_amount >= amount),
  add column annual_list_amount numeric generated always as (
    coalesce(list_amount, amount) * case amount_per
      when 'day' then 365 when 'week' then 52 when 'month' then 12 when 'quarter' then 4 else 1
    end
  ) stored;

-- What one unit of a currency is worth in the workspace's, from a day until the next row's.
create table exchange_rates (
  workspace_id uuid not null references workspaces (id) on delete cascade,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  "on" date not null,
  rate numeric not null check (rate > 0),
  primary key (workspace_id, currency, "on")
);

-- A fact of the policies that it names: most accounts are the same under all of them.
create table movement_facts (
  workspace_id uuid not null,
  id uuid not null,  -- made of what follows, so that a rebuild gives the same ids
  policies text[] not null,
  account_id uuid not null,
  "on" date not null,
  kind text not null check (kind in ('new', 'expansion', 'contraction', 'churn', 'reactivation', 'fx')),
  annual_amount numeric not null,   -- twelve times the change of MRR, exact, in the workspace's currency
  paying_accounts smallint not null check (paying_accounts between -1 and 1),
  end_reason text check (end_reason in ('voluntary', 'involuntary')),  -- of a churn
  cohort date not null,             -- the month of the account's first paid day
  subscription_ids uuid[] not null, -- that began or ended on the day
  primary key (workspace_id, id),
  foreign key (workspace_id, account_id) references accounts (workspace_id, id) on delete cascade
);

create index movement_facts_by_day on movement_facts (workspace_id, "on", id);
create index movement_facts_by_account on movement_facts (workspace_id, account_id, "on");

do $$
declare
  tenant_table text;
begin
  foreach tenant_table in array array['exchange_rates', 'movement_facts'] loop
    execute format('create policy tenant on %I using (workspace_id = app_workspace())', tenant_table);
    execute format('alter table %I enable row level security', tenant_table);
    execute format('alter table %I force row level security', tenant_table);
    execute format('grant select, insert, update, delete on %I to keepwell_app', tenant_table);
  end loop;
end
$$;
