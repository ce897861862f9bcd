-- What the model saw of an account when it was scored, by name; a null in it is unknown. Null where an earlier release scored, or
-- the person was erased.
alter table churn_scores add column inputs jsonb;
