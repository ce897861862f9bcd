// @vitest-environment happy-dom
import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test } from 'vitest';

import { account, workspaceAnswers } from '../testing/answers';
import { problem, type Answers, type ApiServer } from '../testing/api-server';
import { closePage, openPage } from '../testing/open-page';

let server: ApiServer;

const nobody = {
  'GET /v1/accounts': { body: { items: [], next: null } },
  'GET /v1/accounts/totals': {
    body: { accounts: 0, paying: 0, mrr: '0.00', currency: 'USD', policy: 'default' },
  },
};

async function openAccounts(changed: Answers = {}, path = '/accounts') {
  server = await openPage(path, { ...workspaceAnswers, ...changed });
}

afterEach(() => closePage(server));

test('the filters of the address are sent to the list and, without the order, to the totals', async () => {
  await openAccounts({}, '/accounts?q=acme&status=trial&sort=name&mrr_from=49');
  await screen.findByRole('link', { name: 'First account' });
  const list = server.calls.find((call) => call.startsWith('GET /v1/accounts?'));
  expect(list?.split(/[?&]/u).sort()).toEqual([
    'GET /v1/accounts',
    'limit=100',
    'mrr_from=49',
    'q=acme',
    'sort=name',
    'status=trial',
  ]);
  expect(screen.getByRole<HTMLInputElement>('searchbox', { name: 'Search accounts' }).value).toBe('acme');
  expect(await screen.findByText('1 account')).toBeDefined();
  expect(server.calls).toContain('GET /v1/accounts/totals?q=acme&status=trial&mrr_from=49');
});

test('what the page cannot use is said and not sent', async () => {
  await openAccounts({}, '/accounts?mrr=abc&status=gone&plan=Pro');
  expect(await screen.findByText(/“mrr”, “status”/u)).toBeDefined();
  await screen.findByRole('link', { name: 'First account' });
  expect(server.calls).toContain('GET /v1/accounts?plan=Pro&limit=100');
});

test('a search reaches the address and the server when typing pauses', async () => {
  await openAccounts();
  await userEvent.type(await screen.findByRole('searchbox', { name: 'Search accounts' }), '123');
  await waitFor(() => {
    expect(window.location.search).toBe('?q=123');
  });
  await waitFor(() => {
    expect(server.calls.at(-1)).toContain('q=123');
  });
});

test('the next page is asked for before it comes into sight, and each row says which of all it is', async () => {
  const items = Array.from({ length: 100 }, (_, number) => ({
    ...account,
    id: `0190b3c2-1f6a-7c3e-9c55-${String(number).padStart(12, '0')}`,
    name: `Account ${number}`,
  }));
  await openAccounts({
    'GET /v1/accounts': (query) => ({
      body: query.has('cursor') ? { items: [account], next: null } : { items, next: 'two' },
    }),
    'GET /v1/accounts/totals': {
      body: { accounts: 101, paying: 101, mrr: '10100.00', currency: 'USD', policy: 'default' },
    },
  });
  const link = await screen.findByRole('link', { name: 'Account 7' });
  expect(link.closest('tr')?.getAttribute('aria-rowindex')).toBe('9');
  await waitFor(() => {
    expect(server.calls).toContain('GET /v1/accounts?limit=100&cursor=two');
  });
  await waitFor(() => {
    expect(screen.getByRole('table', { name: 'Accounts' }).getAttribute('aria-rowcount')).toBe('102');
  });
  expect(screen.queryByRole('link', { name: 'Account 99' })).toBeNull();
});

test('the arrow keys move from account to account', async () => {
  const second = { ...account, id: '0190b3c2-1f6a-7c3e-9c55-000000000009', name: 'Second account' };
  await openAccounts({ 'GET /v1/accounts': { body: { items: [account, second], next: null } } });
  (await screen.findByRole('link', { name: 'First account' })).focus();
  await userEvent.keyboard('{ArrowDown}');
  expect(document.activeElement?.textContent).toBe('Second account');
  await userEvent.keyboard('{Home}');
  expect(document.activeElement?.textContent).toBe('First account');
});

test('clicking a column header sorts by it', async () => {
  await openAccounts();
  await userEvent.click(await screen.findByRole('button', { name: 'Account' }));
  await waitFor(() => {
    expect(server.calls).toContain('GET /v1/accounts?sort=name&limit=100');
  });
  const header = screen.getByRole('columnheader', { name: 'Account' });
  expect(header.getAttribute('aria-sort')).toBe('ascending');
});

test('a filter is a chip that removes it', async () => {
  await openAccounts({}, '/accounts?mrr_from=49&mrr_to=99&plan=Pro');
  await userEvent.click(await screen.findByRole('button', { name: 'MRR $49.00 to $99.00, remove filter' }));
  await waitFor(() => {
    expect(window.location.search).toBe('?plan=Pro');
  });
});

test('a plan that nobody has is named, and can be removed', async () => {
  const facets = { plans: [{ value: 'Pro', accounts: 3 }], countries: [], industries: [] };
  await openAccounts(
    { ...nobody, 'GET /v1/accounts/facets': { body: facets } },
    '/accounts?plan=Gold&sort=name',
  );
  expect(await screen.findByText('Nobody is on a plan “Gold”')).toBeDefined();
  await userEvent.click(screen.getByRole('button', { name: 'Show all plans' }));
  await waitFor(() => {
    expect(window.location.search).toBe('?sort=name');
  });
});

test('a workspace without accounts shows the import command', async () => {
  await openAccounts(nobody);
  expect(await screen.findByRole('link', { name: 'Three ways to begin' })).toBeDefined();
});

test('an error shows its detail and hint, and trying again recovers', async () => {
  let isFailing = true;
  await openAccounts({
    'GET /v1/accounts': () =>
      isFailing
        ? problem(400, 'mrr_to: 5 is below mrr_from: 10.', 'Swap the two.')
        : { body: { items: [account], next: null } },
  });
  expect(await screen.findByText('mrr_to: 5 is below mrr_from: 10.')).toBeDefined();
  expect(screen.getByText('Swap the two.')).toBeDefined();
  isFailing = false;
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
  expect(await screen.findByRole('link', { name: 'First account' })).toBeDefined();
});
