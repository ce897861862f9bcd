-- What Stripe's subscriptions refer to without containing it: the tiers of their prices, and the discounts of their
-- customers.

create table stripe_prices (
  workspace_id uuid not null references workspaces (id) on delete cascade,
  id text not null,
  body jsonb not null,  -- the price with its tiers, as Stripe's API returns it
  primary key (workspace_id, id)
);

create table stripe_discounts (
  workspace_id uuid not null references workspaces (id) on delete cascade,
  customer_id text not null,
  body jsonb,           -- the discount, as Stripe's API returns it; null once it was removed
  -- Whether the customer's subscriptions have to be read again, because the discount changed after they were read.
  is_due boolean not null,
  primary key (workspace_id, customer_id)
);

create index stripe_discounts_due on stripe_discounts (workspace_id, customer_id) where is_due;

do $$
declare
  tenant_table text;
begin
  foreach tenant_table in array array['stripe_prices', 'stripe_discounts'] loop
    execute format('create policy tenant on %I using (workspace_id = app_workspace())', tenant_table);
    execute format('alter table %I enable row level security', tenant_table);
    execute format('alter table %I force row level security', tenant_table);
    execute format('grant select, insert, update, delete on %I to keepwell_app', tenant_table);
  end loop;
end
$$;

-- What the last event changed: of two events in one second, the one whose state another one replaced is the older.
alter table stripe_objects add column replaced jsonb;
