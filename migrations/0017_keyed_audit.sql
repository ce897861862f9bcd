-- Whether the hash of an audit entry needed the home's secret. Those from before this migration did not.

alter table audit_entries add column is_keyed boolean not null default false;
