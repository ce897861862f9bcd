-- When the member of a session last proved who they are: setting a password asks for a recent proof. Sessions
-- from before this migration count as old. And which API token created another one, so that revoking the first
-- also revokes what it created.

alter table sessions add column signed_in_at timestamptz not null default 'epoch';
alter table sessions alter column signed_in_at drop default;

alter table api_tokens add column parent_id uuid;
alter table api_tokens
  add foreign key (workspace_id, parent_id) references api_tokens (workspace_id, id) on delete cascade;
create index api_tokens_by_parent on api_tokens (workspace_id, parent_id) where parent_id is not null;
