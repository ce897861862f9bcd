-- When a session was last used, so that an idle one ends; sessions from before this migration count as just used.

alter table sessions add column last_used_at timestamptz not null default now();
create index sessions_by_member on sessions (workspace_id, member_id);
