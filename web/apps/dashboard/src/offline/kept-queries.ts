import type { QueryKey } from '@tanstack/react-query';

/**
 * The queries that this browser keeps on disk, by the first words of their keys. What is not named here is never
 * written: no tokens, write keys, sign-in links, sessions of other browsers, or audit entries.
 */
const KEPT: readonly QueryKey[] = [
  ['session'],
  ['today'],
  ['save-list'],
  ['accounts'],
  ['account'],
  ['activity'],
  ['models'],
  ['outcomes'],
  ['metrics'],
  ['movements'],
  ['policies'],
  ['sources'],
  ['imports'],
  ['import'],
  ['dead-letters'],
  ['websites'],
  ['exchange-rates'],
  ['members'],
  ['workspace'],
  ['preferences'],
];

/** Of those not: the names of held accounts, for as long as the role allows them, and how members can sign in. */
const NOT_KEPT: readonly QueryKey[] = [
  ['save-list', 'left-alone'],
  ['members', 'access'],
];

export const KEPT_DAYS = 14;
const DAY = 86_400_000;
/** An answer of more than this is read again rather than kept. */
const LARGEST_TEXT = 1_000_000;

/** What is on disk of one query. */
export interface KeptQuery {
  readonly owner: string;
  /** The release that wrote it: another one may expect another shape. */
  readonly build: string;
  readonly key: QueryKey;
  readonly data: unknown;
  /** When the server answered it, in milliseconds. */
  readonly at: number;
}

export function isKept(key: QueryKey): boolean {
  return begins(key, KEPT) && !begins(key, NOT_KEPT);
}

function begins(key: QueryKey, prefixes: readonly QueryKey[]): boolean {
  return prefixes.some((prefix) => prefix.every((word, index) => key[index] === word));
}

/** Whether an answer is small enough to keep. */
export function isSmallEnough(data: unknown): boolean {
  return JSON.stringify(data).length <= LARGEST_TEXT;
}

/** Whether something on disk may be shown to `owner` by this release now. Nothing on disk is trusted to have a shape. */
export function isUsable(found: unknown, { owner, build, now }: UseOf): found is KeptQuery {
  if (typeof found !== 'object' || found === null) return false;
  const { owner: of, build: by, key, at } = found as Partial<KeptQuery>;
  if (of !== owner || by !== build || !Array.isArray(key) || typeof at !== 'number') return false;
  return isKept(key) && now - at <= KEPT_DAYS * DAY;
}

export interface UseOf {
  readonly owner: string;
  readonly build: string;
  readonly now: number;
}
