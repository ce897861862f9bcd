-- The currency for whose exchange rate an unreadable subscription waits; null if it waits for something else.
alter table unreadable_subscriptions add column unrated_currency text;

-- An owner who is no superuser is subject to the policy, which knows no workspace here.
alter table unreadable_subscriptions no force row level security;
update unreadable_subscriptions
set unrated_currency = substring(reason from '^there is no exchange rate for ([A-Z]{3}) ')
where code = 'unknown-currency';
alter table unreadable_subscriptions force row level security;
