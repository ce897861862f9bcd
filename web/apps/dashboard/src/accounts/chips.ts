/** The filters of the address in words. */

import { formatDay, formatMoney, formatProbability } from '@keepwell/ui';
import type { Decimal } from '@keepwell/api';

import { texts } from '../texts';
import type { AccountFilters, FilterName } from './search';

const { filters: words } = texts.accounts;

export interface FilterInWords {
  readonly label: string;
  readonly value: string;
  /** The names in the address that make it up. */
  readonly names: readonly FilterName[];
}

/** The filters that are set, apart from the text and the status, which have controls of their own. */
export function filtersInWords(search: AccountFilters, currency: string | undefined): FilterInWords[] {
  const money = (amount: string) => formatted(amount, currency);
  const found: (FilterInWords | null)[] = [
    ranged('mrr', search.mrr_from, search.mrr_to, money),
    single('plan', search.plan),
    single('country', search.country),
    single('industry', search.industry),
    ranged('since', search.since_from, search.since_to, formatDay),
    ranged('churned', search.churned_from, search.churned_to, formatDay),
    ranged('risk', search.risk_from, search.risk_to, formatProbability),
    single('kind', search.kind === undefined ? undefined : words.kinds[search.kind]),
  ];
  return found.filter((each) => each !== null);
}

function formatted(amount: string, currency: string | undefined): string {
  return currency === undefined ? amount : formatMoney(amount as Decimal, currency);
}

function single(name: 'plan' | 'country' | 'industry' | 'kind', value: string | undefined) {
  return value === undefined ? null : { label: words.labels[name], value, names: [name] };
}

function ranged<Value>(
  name: 'mrr' | 'since' | 'churned' | 'risk',
  from: Value | undefined,
  to: Value | undefined,
  format: (value: Value) => string,
): FilterInWords | null {
  const names = [`${name}_from`, `${name}_to`] as const;
  const label = words.labels[name];
  if (from !== undefined && to !== undefined) {
    return { label, value: words.between(format(from), format(to)), names };
  }
  if (from !== undefined) return { label, value: words.from(format(from)), names };
  return to === undefined ? null : { label, value: words.to(format(to)), names };
}
