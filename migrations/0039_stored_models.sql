-- A model as the exact bytes that were written, their SHA-256, and what it answered then: jsonb rewrites JSON,
-- and then no hash fits it. `parameters` is what earlier releases stored, and stays as it is. `provenance` says what a model was made of.
alter table churn_models
  add column model bytea,
  add column model_sha256 text check (model_sha256 ~ '^[0-9a-f]{64}$'),
  add column probes jsonb,
  add column provenance jsonb,
  add constraint churn_models_model_is_whole
    check ((model is null) = (model_sha256 is null) and (model is null) = (probes is null));
