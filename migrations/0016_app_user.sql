-- The app's role may log in itself, so that its session user is not the superuser. It has no password: only a server that
-- trusts its socket, as the embedded one does, lets it in.

do $$
begin
  alter role keepwell_app login;
exception
  when insufficient_privilege then null;  -- a managed server: the user of KEEPWELL_DATABASE_URL stays the session user
end
$$;
