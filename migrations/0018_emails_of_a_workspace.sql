-- An e-mail is unique within a workspace only: otherwise a refused invitation says that it is in use elsewhere.

create unique index members_by_workspace_email on members (workspace_id, lower(email))
  where email is not null and removed_at is null;
drop index members_by_email;
-- For signing in, which names no workspace.
create index members_by_email on members (lower(email)) where email is not null and removed_at is null;
