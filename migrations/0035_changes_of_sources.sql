-- Members, imports and the connection to Stripe in the changes feed. They change in many services and commands, whose processes
-- do not all have the event bus, so their tables note it. Counts of a running import and the last use of a session are no changes.

create function note_change() returns trigger language plpgsql as $$
begin
  insert into pending_changes (workspace_id, id, kinds, record_ids)
  values (new.workspace_id, gen_random_uuid(), array[tg_argv[0]],
          array[case when tg_argv[1] = 'id' then (to_jsonb(new) ->> 'id')::uuid else new.workspace_id end]);
  return null;
end
$$;

create trigger note_import after insert or update of status on imports
  for each row execute function note_change('imports', 'id');

create trigger note_member after update of name, role, email, password_hash, oidc_subject, removed_at on members
  for each row execute function note_change('members', 'id');

-- Not the first one: nobody can have read anything of the workspace before.
create function note_new_member() returns trigger language plpgsql as $$
begin
  if exists (select from members where workspace_id = new.workspace_id and id <> new.id) then
    insert into pending_changes (workspace_id, id, kinds, record_ids)
    values (new.workspace_id, gen_random_uuid(), array['members'], array[new.id]);
  end if;
  return null;
end
$$;

create trigger note_new_member after insert on members for each row execute function note_new_member();

-- A workspace has one connection at most, which is known by the workspace's id.
create trigger note_stripe_link after update of api_key, webhook_secret on stripe_links
  for each row execute function note_change('sources', 'workspace_id');
create trigger note_new_stripe_link after insert on stripe_links
  for each row when (new.webhook_secret is not null) execute function note_change('sources', 'workspace_id');
