-- Money on record: charges that clients may change, the payment methods behind them, who issued an invoice, and accounts
-- that cannot be deleted while money hangs on them. And what is kept of an account whose person was erased.

create table payment_methods (
  workspace_id uuid not null,
  id uuid not null,
  external_id text not null,
  account_id uuid not null,
  brand text,
  last4 text check (last4 ~ '^[0-9]{4}$'),  -- all that is ever kept of a number
  exp_month smallint check (exp_month between 1 and 12),
  exp_year smallint check (exp_year between 2000 and 2199),
  gateway text,
  gateway_reference text,
  is_default boolean not null default false,
  created_at timestamptz,
  version bigint not null default 1,
  primary key (workspace_id, id),
  unique (workspace_id, external_id),
  check ((exp_month is null) = (exp_year is null)),
  foreign key (workspace_id, account_id) references accounts (workspace_id, id) on delete cascade
);

create index payment_methods_by_account on payment_methods (workspace_id, account_id, id);
create index payment_methods_by_expiry on payment_methods (workspace_id, exp_year, exp_month, id);

-- `failure_code` is what the release before still writes.
alter table charges
  add column version bigint not null default 1,
  add column decline_code text,
  add column advice_code text,
  add column payment_method_id uuid,
  add foreign key (workspace_id, payment_method_id) references payment_methods (workspace_id, id);

-- An owner who is no superuser is subject to the policy, which knows no workspace here.
alter table charges no force row level security;
update charges set decline_code = failure_code where failure_code is not null;
alter table charges force row level security;

-- An undo compares and restores whole rows, so those that earlier imports logged need the new columns too.
alter table import_changes no force row level security;
update import_changes
set before = before || jsonb_build_object('decline_code', before -> 'failure_code'),
    after = after || jsonb_build_object('decline_code', after -> 'failure_code')
where entity = 'charges';
alter table import_changes force row level security;

create index charges_by_time on charges (workspace_id, charged_at, id);
create index charges_by_invoice on charges (workspace_id, invoice_external_id) where invoice_external_id is not null;
create index charges_by_payment_method on charges (workspace_id, payment_method_id) where payment_method_id is not null;
create index refunds_by_charge on refunds (workspace_id, charge_id);
create index refunds_by_time on refunds (workspace_id, refunded_at, id);

-- Who issued an invoice: another billing system, of which this is a copy, or Keepwell.
alter table invoices add column source text not null default 'import' check (source in ('import', 'keepwell'));

-- Deleting an account took its books with it.
alter table invoices
  drop constraint invoices_workspace_id_account_id_fkey,
  add foreign key (workspace_id, account_id) references accounts (workspace_id, id) on delete restrict;
alter table charges
  drop constraint charges_workspace_id_account_id_fkey,
  add foreign key (workspace_id, account_id) references accounts (workspace_id, id) on delete restrict;
alter table refunds
  drop constraint refunds_workspace_id_charge_id_fkey,
  add foreign key (workspace_id, charge_id) references charges (workspace_id, id) on delete restrict;

-- An erased account keeps its row, since the books hang on it, without anything of the person. An import recognises the
-- person by the keyed hash of the source's id.
alter table accounts add column erased_at timestamptz;

create table erasures (
  workspace_id uuid not null references workspaces (id) on delete cascade,
  account_id uuid not null,
  source_hash bytea not null,
  erased_at timestamptz not null,
  -- What the files are searched for, encrypted with the home's secret; null once they have been searched.
  files_due bytea,
  files_done_at timestamptz,
  last_error text,
  primary key (workspace_id, account_id)
);

create index erasures_by_source on erasures (workspace_id, source_hash);

do $$
declare
  tenant_table text;
begin
  foreach tenant_table in array array['payment_methods', 'erasures'] loop
    execute format('create policy tenant on %I using (workspace_id = app_workspace())', tenant_table);
    execute format('alter table %I enable row level security', tenant_table);
    execute format('alter table %I force row level security', tenant_table);
    execute format('grant select, insert, update, delete on %I to keepwell_app', tenant_table);
  end loop;
end
$$;

-- Contents of an audit entry can be removed, and nothing else of it: `hash` stays the link of the chain, and
-- `redacted_hash` proves what is left. A trigger, since a grant of columns alone would allow other contents.
alter table audit_entries add column redacted_hash bytea;

create function redact_audit_entry() returns trigger
  language plpgsql as $$
begin
  if new.before is not null or new.after is not null or new.redacted_hash is null or old.redacted_hash is not null then
    raise exception 'contents of the audit log can only be removed' using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end
$$;

create trigger audit_entries_redact before update on audit_entries
  for each row when (current_user = 'keepwell_app') execute function redact_audit_entry();

grant update (before, after, redacted_hash) on audit_entries to keepwell_app;
