-- Since when a subscription's latest invoice is unpaid, as its source says; null if it is paid or the source does not say.
alter table subscriptions add column past_due_since date;
