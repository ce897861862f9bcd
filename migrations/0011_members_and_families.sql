-- A version for members, as what else clients may change has; whose API token began a family of refresh tokens, so
-- that the family ends with it; and an answer for each of those who take from a shared limit at once.

alter table members add column version bigint not null default 1;

alter table refresh_families add column token_id uuid;
alter table refresh_families
  add foreign key (workspace_id, token_id) references api_tokens (workspace_id, id) on delete cascade;

create index refresh_families_by_token on refresh_families (workspace_id, token_id) where token_id is not null;
create index refresh_tokens_by_end on refresh_tokens (workspace_id, expires_at);
-- What was said to the last request of a key.
alter table rate_limits add column is_allowed boolean not null default true;
create index rate_limits_by_arrival on rate_limits (arrival);
