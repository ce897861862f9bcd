import { keptFor } from '../browser/reader';
import { attempt, read } from './attempt';
import { Outbox } from './outbox';
import { outboxStorage } from './storage';

/** The outbox that the pages of this tab write to. */
export const outbox = new Outbox({
  storage: outboxStorage('keepwell-outbox'),
  attempt,
  read,
  isSignedIn: (owner) => keptFor() === owner,
  now: Date.now,
});
