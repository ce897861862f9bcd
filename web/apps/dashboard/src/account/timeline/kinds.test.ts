import { expect, test } from 'vitest';

import { readSearch } from '../../shell/search';
import { accountSearch, kindsOf, toggled } from './kinds';

test('the address names groups, and the API is asked for their kinds', () => {
  const search = readSearch(accountSearch, { kinds: 'scores,payments' });
  expect(search).toEqual({ kinds: 'payments,scores' });
  expect(kindsOf(search)).toEqual(['invoice', 'charge', 'refund', 'score']);
});

test('an address that names an unknown group is not used', () => {
  expect(readSearch(accountSearch, { kinds: 'payments,gossip' })).toEqual({});
});

test('a chip that is pressed twice leaves the address as it was, and all of them are the same as none', () => {
  const once = toggled({}, 'use');
  expect(once).toEqual({ kinds: 'use' });
  expect(toggled(once, 'use')).toEqual({ kinds: undefined });
  expect(
    toggled({ kinds: 'payments,subscriptions,contact,use,scores,signals' }, 'cases').kinds,
  ).toBeUndefined();
});
