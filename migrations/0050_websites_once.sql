-- A website once, however it is written, and crawls that are under way.

-- The same for all that name one website: without the scheme, `www`, the case of the host, what is after `#`, and a slash at the end.
create function website_form(website text) returns text language sql immutable parallel safe as $$
  select coalesce(lower(part[1]) || rtrim(part[2], '/'), website)
  from (select regexp_match(website, '^https?://(?:www\.)?([^/?#]+)([^#]*)', 'i') as part) as parts
$$;

-- Each website that contacts of an account name, once: that of the billing contact, else of the oldest one, at place 0. What cannot
-- be an address, such as the `-` or `n/a` of a table, comes last. Who was erased has no contact.
create view websites_of_accounts with (security_invoker = true) as
select workspace_id, account_id, website,
       (row_number() over (partition by workspace_id, account_id order by has_host desc, is_billing desc, id) - 1)::int as place
from (
  select distinct on (workspace_id, account_id, website_form(website)) workspace_id, account_id, website, is_billing, id,
         website ~* '^https?://([^/?#]*[.:]|localhost)' as has_host
  from contacts
  where website is not null
  order by workspace_id, account_id, website_form(website), is_billing desc, id
) as named;
grant select on websites_of_accounts to keepwell_app;

-- While a crawl is under way, `ended_at` is when it was last heard of: one that died is silent from then on.
alter table crawls add column is_under_way boolean not null default false;

-- How far a crawl is concerns no page but the one that shows it.
drop trigger note_crawl on crawls;
create trigger note_crawl after insert or update on crawls
  for each row when (not new.is_under_way) execute function note_change('crawls', 'workspace_id');
create trigger note_crawl_under_way after insert or update on crawls
  for each row when (new.is_under_way) execute function note_change('crawls_under_way', 'workspace_id');
