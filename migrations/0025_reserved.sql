-- Keeps the number 0025 for the changes feed: delete this file when its migration arrives.
select 1;
