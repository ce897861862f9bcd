/**
 * What lets the pages work without the server (docs/offline.md). How a page uses it:
 *
 * - **Read**: nothing to do. Queries whose keys begin as `kept-queries.ts` allows are kept on disk for the member, shown
 *   at once and asked for again. A key begins with the name of its collection: `['plans', filter]`. Add a new one to the
 *   list there if offline readers need it; never anything that has a secret.
 * - **Write**: `useWrite`, one for each kind of change.
 *
 *       const rename = useWrite({
 *         endpoint: ({ id, name }: Renamed) => updateMember({ path: { member_id: id }, body: { name } }),
 *         label: ({ name }) => `Rename to ${name}`,
 *         ifMatch: ({ etag }) => etag,
 *         shows: ({ id, name }) => [shown<Member[]>(['members'], (all) => all.map((one) => (one.id === id ? { ...one, name } : one)))],
 *         affects: () => [['members']],
 *       });
 *       rename.write({ id, name, etag });
 *
 *   It is shown at once. `rename.state` is `sending`, `saved`, `waiting` (for the server; survives a restart, is sent
 *   once), `refused` (taken back; `rename.error` has the problem) or `conflict` (`rename.conflict` has `mine` and
 *   `theirs`; `keepMine()` writes over, `reset()` takes theirs). Pass `isSecret: true` for what creates or changes a
 *   token, key or password: that never waits. `newId()` makes ids for what is created.
 * - **What waits, and what could not be sent**: `useOutbox()` (`waiting`, `refused`, `retry(id)`, `discard(id)`).
 * - **A newer release**: `useUpdate()`.
 * - **Signing out**: `useSignOut` of `queries/session`; ask first if `useOutbox().waiting` is not empty.
 *
 * How old data is, and whether the server can be reached, is in `live/`.
 */
export { newId } from './browser/ids';
export { startOffline } from './member';
export { useOutbox, type OutboxHandle } from './outbox/use-outbox';
export {
  shown,
  useWrite,
  type Conflict,
  type Shown,
  type WriteHandle,
  type WriteOptions,
  type WriteState,
} from './outbox/use-write';
export type { Version, Write } from './outbox/write';
export { sendWaitingWrites } from './outbox/use-outbox';
export { SESSION_KEY } from './shared';
export { endIfLeft, signOut } from './signing-out';
export { useUpdate, watchUpdates, type Update } from './updates';
