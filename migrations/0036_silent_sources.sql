-- The source that had gone silent when a list was made, or when a newer one was not made because of it: JSON, null if none had.
alter table churn_models add column silence jsonb;
