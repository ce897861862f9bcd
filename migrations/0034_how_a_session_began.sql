-- How each session began: one that began with the password does not set another without it. How earlier ones began is in the audit
-- log only, so they count as begun with it.

-- The default stays: a server of the release before inserts sessions without the column, and the strictest answer is safe for them.
alter table sessions
  add column begun_by text not null default 'password' check (begun_by in ('link', 'password', 'provider'));
