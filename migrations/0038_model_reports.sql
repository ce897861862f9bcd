-- How a model was chosen and how good it is, in full: JSON, null for models that were trained before there were reports.
alter table churn_models add column report jsonb;
