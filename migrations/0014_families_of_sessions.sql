-- Which session began a family of refresh tokens, so that signing out ends the family. Null for families of API
-- tokens, and for those from before this migration. Not a foreign key: a family may outlive a session that expired.

alter table refresh_families add column session_id uuid;
create index refresh_families_by_session on refresh_families (workspace_id, session_id) where session_id is not null;
create index refresh_families_by_member on refresh_families (workspace_id, member_id);
