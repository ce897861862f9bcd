import { expect, test } from 'vitest';

import { foundAccounts } from './search';

const PAGES: Readonly<Record<string, unknown>> = {
  '/v1/accounts?limit=100': {
    items: [
      { name: 'Amber Café', external_id: 'A-1' },
      { name: 'Silver School', external_id: 'A-2' },
    ],
    next: 'two',
  },
  '/v1/accounts?cursor=two&limit=100': { items: [{ name: 'Opal Café', external_id: 'A-3' }], next: null },
  '/v1/accounts?limit=100&status=trial': { items: [], next: 'not recorded' },
};

async function found(query: string): Promise<unknown> {
  const recorded = (name: string) => Promise.resolve(name in PAGES ? Response.json(PAGES[name]) : undefined);
  const answer = await foundAccounts(new URL(`https://name.example/v1/accounts?${query}`), recorded);
  return answer === undefined ? undefined : answer.json();
}

test('a part of a name finds accounts on every page of the recorded list, in any case', async () => {
  expect(await found('q=CAFÉ&limit=8')).toMatchObject({
    items: [{ name: 'Amber Café' }, { name: 'Opal Café' }],
    next: null,
  });
});

test('an id finds its account', async () => {
  expect(await found('q=a-2')).toMatchObject({ items: [{ name: 'Silver School' }] });
});

test('what was found beyond the limit is on another page', async () => {
  expect(await found('q=a&limit=1')).toMatchObject({ items: [{ name: 'Amber Café' }], next: 'not-recorded' });
});

test.each(['limit=8', 'q=a&sort=name', 'q=a&status=trial', 'q=a&cursor=not-recorded'])(
  'nothing is made up for %s, whose list is not recorded completely',
  async (query) => {
    expect(await found(query)).toBeUndefined();
  },
);
