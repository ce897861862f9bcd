-- What a model calls leaving, and what its list is weighed by: see `Label` in keepwell.churn.label. All models so far, and
-- those of a release that does not know labels, are about subscriptions.
alter table churn_models
  add column label jsonb not null default '{"name": "subscription", "money": "mrr", "active_within_days": null, "amount_property": null}',
  add constraint churn_models_label_is_known
    check (coalesce(label ->> 'name', '') in ('subscription', 'inactivity') and coalesce(label ->> 'money', '') in ('mrr', 'spend', 'none'));
