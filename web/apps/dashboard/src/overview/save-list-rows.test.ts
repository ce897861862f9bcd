import type { ChurnKind, SaveList, SaveListEntry } from '@keepwell/api';
import { expect, test } from 'vitest';

import { saveList } from '../testing/answers';
import { joinPages, ofKind } from './save-list-rows';

function item(rank: number, kind: ChurnKind): SaveListEntry {
  return {
    rank,
    account_id: `account-${rank}`,
    name: `Account ${rank}`,
    plan: 'Basic',
    mrr: '100.00',
    probability: 0.5,
    revenue_at_risk: '50.00',
    kind,
    reasons: [],
    scored_at: '2024-12-31T03:00:00Z',
  };
}

function page(items: SaveListEntry[], asOf: string): SaveList {
  return {
    scored_at: null,
    as_of: asOf,
    outdated: false,
    horizon_ends_on: null,
    totals: { ...saveList.totals, voluntary: 0, involuntary: 0 },
    currency: 'USD',
    policy: 'default',
    model: null,
    items,
    next: null,
  };
}

test('pages are joined in order, with the header fields of the last', () => {
  const joined = joinPages([
    page([item(1, 'voluntary')], '2024-12-30'),
    page([item(2, 'involuntary')], '2024-12-31'),
  ]);
  expect(joined?.items.map(({ rank }) => rank)).toEqual([1, 2]);
  expect(joined?.as_of).toBe('2024-12-31');
});

test('a kind selects its own rows, no kind selects all', () => {
  const items = [item(1, 'voluntary'), item(2, 'involuntary')];
  expect(ofKind(items, 'involuntary').map(({ rank }) => rank)).toEqual([2]);
  expect(ofKind(items, undefined)).toHaveLength(2);
});
