import type { QueryKey } from '@tanstack/react-query';

/** A record that has changed, as the changes feed names it. */
export interface Change {
  readonly version: number;
  readonly kind: string;
  readonly record_id: string;
}

/** The queries whose figures are sums over the business: any change of its records may change them. */
const FIGURES: readonly QueryKey[] = [['metrics'], ['movements'], ['save-list'], ['today']];
const MONEY: readonly QueryKey[] = [...FIGURES, ['accounts']];

/** The queries that a change of each kind affects, by the beginnings of their keys. */
const AFFECTS: Readonly<Record<string, readonly QueryKey[]>> = {
  accounts: MONEY,
  plans: [...MONEY, ['account'], ['plans']],
  subscriptions: FIGURES,
  invoices: FIGURES,
  charges: FIGURES,
  refunds: FIGURES,
  contacts: [['websites']],
  // What it found is a sign on the list, and a moment of an account's timeline.
  crawls: [['websites'], ['save-list'], ['account']],
  crawls_under_way: [['websites', 'crawl']],
  save_cases: [['outcomes'], ['save-list']],
  // The list is older than the data from then on, and a case that was imported may leave an account alone.
  imports: [
    ['import'],
    ['sources'],
    ['stripe'],
    ['dead-letters'],
    ['metrics', 'annotations'],
    ['save-list'],
    ['today'],
  ],
  sources: [['stripe'], ['metrics', 'annotations']],
};

/**
 * The beginnings of the keys of all queries that the changes affect. A kind that is not in the table affects the queries
 * that are named after it, so that a new collection needs no entry.
 */
export function affectedKeys(changes: readonly Change[]): readonly QueryKey[] {
  const keys = new Map<string, QueryKey>();
  for (const { kind, record_id } of changes) {
    // An account is listed whenever one of its records changes, so its page needs no other kind.
    const own = kind === 'accounts' ? [['account', record_id]] : [];
    for (const key of [...(AFFECTS[kind] ?? []), [kind], ...own]) keys.set(JSON.stringify(key), key);
  }
  return [...keys.values()];
}
