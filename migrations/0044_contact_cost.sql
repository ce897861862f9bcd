-- What a contact with an account at risk costs, in the workspace's currency: saved revenue is net of it. Null: nobody has said.
alter table workspaces add column contact_cost numeric check (contact_cost >= 0);
