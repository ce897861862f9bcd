-- The states of an object that were seen in the second of its stored state, that one last: which is the newest may be
-- known only when another event of the same second arrives. It replaces `replaced`, which the release before still writes.
alter table stripe_objects add column states jsonb;
