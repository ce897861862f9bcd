-- What the pages about data and settings show: when a write key was last used, when a member last signed in, and the connection
-- to Stripe.

alter table write_keys add column last_used_at timestamptz;

alter table members add column last_signed_in_at timestamptz;

alter table stripe_links
  add column api_key bytea,             -- encrypted with the home's own secret; null where Stripe is not connected
  add column account_id text,
  add column account_name text,
  add column mode text check (mode in ('live', 'test')),
  add column connected_at timestamptz,
  add column event_received_at timestamptz,  -- of the newest event that a webhook brought and whose signature was valid
  add check ((api_key is null) = (mode is null) and (api_key is null) = (connected_at is null));
