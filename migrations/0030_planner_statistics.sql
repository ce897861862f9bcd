-- Counts a table anew for the planner, including what the running transaction has written; only the owner of a table may.
-- False if another transaction is counting or vacuuming it: then nothing happens.
create function refresh_statistics(table_name text) returns boolean
  language plpgsql security definer set search_path from current as $$
begin
  execute format('analyze (skip_locked) %I', table_name);
  return exists (
    select from pg_locks
    where pid = pg_backend_pid() and mode = 'ShareUpdateExclusiveLock' and relation = table_name::regclass
  );
end
$$;

revoke execute on function refresh_statistics(text) from public;
grant execute on function refresh_statistics(text) to keepwell_app;
