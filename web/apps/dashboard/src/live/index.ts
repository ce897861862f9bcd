/**
 * What keeps the pages up to date by the changes feed (docs/changes.md). How a page uses it:
 *
 * - **Nothing to do** for what is in the feed: when a record changes, the queries that show it are asked for again, in
 *   every tab. `affected.ts` has the table, by the kind of record and the beginning of the query's key. A query whose
 *   key begins with the kind (`['plans', ...]`) needs no entry.
 * - **What is not in the feed** (events of the product): `refetchInterval: EVENTS_MILLISECONDS`.
 * - `useLiveStatus()` has `state` (`starting`, `live`, `asking`, `offline`) and `heardAt`; `formatClock` writes it.
 * - `useAge(query)` says how old the data of a query are: `age.isAll && <p>Data of {age.text}</p>` while the server
 *   cannot be reached.
 */
export { ageOf, type Age } from './age';
export { createLive } from './of-this-tab';
export type { LiveStatus } from './status';
export { useAge, useLiveStatus } from './use-live';

/** How often a visible page asks for what the feed does not have. */
export const EVENTS_MILLISECONDS = 15_000;
