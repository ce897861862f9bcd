-- A model makes lists (champion), is kept aside until it is compared with the champion (challenger), or does neither (retired).

alter table churn_models
  add column standing text check (standing in ('champion', 'challenger', 'retired')),
  add column standing_since timestamptz,
  add column standing_why text,
  -- Of a champion, the one before, to which a rollback leads.
  add column champion_before integer,
  -- Of a challenger, the list on which the champion broke its bound; null if somebody trained it by hand.
  add column broken_on date,
  -- How a challenger and the champion compared, once they were.
  add column comparison jsonb,
  add foreign key (workspace_id, champion_before) references churn_models (workspace_id, version)
    on delete set null (champion_before);

-- So far, the newest model made the lists. An owner who is no superuser is subject to the policies, which know no workspace here.
alter table churn_models no force row level security;
update churn_models m
set standing_since = m.trained_at,
    standing = case when newest.version = m.version then 'champion' else 'retired' end,
    standing_why = case when newest.version = m.version then 'It was trained by hand, or was the first.' else 'A newer model was trained.' end,
    champion_before = case when newest.version = m.version then (
      select max(before.version) from churn_models before
      where before.workspace_id = m.workspace_id and before.version < m.version) end
from (select workspace_id, max(version) as version from churn_models group by workspace_id) as newest
where newest.workspace_id = m.workspace_id;
-- The ones before it are a chain, too.
update churn_models m
set champion_before = (
  select max(before.version) from churn_models before where before.workspace_id = m.workspace_id and before.version < m.version)
where standing = 'retired';
alter table churn_models force row level security;

alter table churn_models
  alter column standing set not null,
  alter column standing_since set not null,
  alter column standing_why set not null;
create unique index churn_models_of_champions on churn_models (workspace_id) where standing = 'champion';
create unique index churn_models_of_challengers on churn_models (workspace_id) where standing = 'challenger';

-- What a challenger says of the accounts of a night's list, beside the champion, until both are compared. A score that is forgotten takes it along.
create table churn_shadow_scores (
  workspace_id uuid not null,
  run_number integer not null,
  account_id uuid not null,
  model_version integer not null,
  probability double precision not null check (probability between 0 and 1),
  primary key (workspace_id, run_number, account_id),
  foreign key (workspace_id, run_number, account_id)
    references churn_run_scores (workspace_id, run_number, account_id) on delete cascade,
  foreign key (workspace_id, model_version) references churn_models (workspace_id, version) on delete cascade
);
create index churn_shadow_scores_of_models on churn_shadow_scores (workspace_id, model_version);
create policy tenant on churn_shadow_scores using (workspace_id = app_workspace());
alter table churn_shadow_scores enable row level security;
alter table churn_shadow_scores force row level security;
grant select, insert, update, delete on churn_shadow_scores to keepwell_app;

-- What follows is for the release before, while it still runs; a later migration drops it. It knows no standing, and serves the model that it trains.
create function crown_newest_model() returns trigger language plpgsql as $$
begin
  new.champion_before := (
    select version from churn_models where workspace_id = new.workspace_id and standing = 'champion');
  update churn_models
  set standing = 'retired', standing_since = new.trained_at, standing_why = format('Model %s was trained.', new.version)
  where workspace_id = new.workspace_id and standing <> 'retired';
  new.standing := 'champion';
  new.standing_since := new.trained_at;
  new.standing_why := 'It was trained by hand, or was the first.';
  return new;
end
$$;
create trigger crown_newest_model before insert on churn_models
  for each row when (new.standing is null) execute function crown_newest_model();
