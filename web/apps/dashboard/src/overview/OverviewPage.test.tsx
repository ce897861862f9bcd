// @vitest-environment happy-dom
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test } from 'vitest';

import { ACCOUNT_ID, SECOND_ACCOUNT_ID, saveList, saveListItem, workspaceAnswers } from '../testing/answers';
import type { Answers, ApiServer } from '../testing/api-server';
import { closePage, openPage } from '../testing/open-page';

let server: ApiServer;

async function openOverview(changed: Answers = {}, path = '/') {
  server = await openPage(path, { ...workspaceAnswers, ...changed });
}

afterEach(() => closePage(server));

test('the MRR is shown with its exact change in thirty days and its policy', async () => {
  await openOverview();
  const mrr = await screen.findByTestId('mrr');
  expect(mrr.dataset['value']).toBe('1500.10');
  expect(await screen.findByText('+$300.10 (+25%)')).toBeDefined();
  expect(server.calls).toContain('GET /v1/metrics/mrr?on=2024-12-01');
  expect(screen.getAllByText('Policy: default').length).toBeGreaterThan(0);
});

test('the change over twelve months is that between the ends of two days a year apart', async () => {
  const year = {
    from: '2023-03-01',
    to: '2024-02-29',
    currency: 'USD',
    policy: 'default',
    rows: '/v1/movements',
  };
  const nothing = { new: '0', expansion: '0', contraction: '0', churn: '0', reactivation: '0', fx: '0' };
  const days = { start: year.from, end: year.to, quick_ratio: null, rows: year.rows };
  const period = { ...days, ...nothing, opening: '1000.30', closing: '900.10', net: '-100.20' };
  await openOverview(
    {
      'GET /v1/metrics/movements': (query) => ({ body: { ...year, by: query.get('by'), periods: [period] } }),
    },
    '/?on=2024-02-29',
  );
  await waitFor(() => {
    const stat = screen.getByText('Change over 12 months').parentElement;
    expect(stat?.textContent).toContain('-$100.20');
  });
  // The opening is the MRR at the end of 28 February 2023.
  expect(server.calls).toContain('GET /v1/metrics/movements?from=2023-03-01&to=2024-02-29&by=total');
});

test('a synthetic workspace is marked', async () => {
  await openOverview();
  expect(await screen.findByText('Synthetic sample data')).toBeDefined();
});

test('a row of the save list shows the risk and the reasons, and links to the account', async () => {
  await openOverview();
  const row = await screen.findByRole('row', { name: /First account/ });
  expect(within(row).getByText('42%')).toBeDefined();
  expect(within(row).getByText('$42.00')).toBeDefined();
  expect(within(row).getByText(/15 in the 28 before/)).toBeDefined();
  const link = within(row).getByRole('link', { name: 'First account' });
  expect(link.getAttribute('href')).toBe(`/accounts/${ACCOUNT_ID}`);
});

test('the list can be limited to involuntary churn', async () => {
  const failing = {
    ...saveListItem,
    account_id: SECOND_ACCOUNT_ID,
    name: 'Failing payments',
    kind: 'involuntary',
  };
  await openOverview({ 'GET /v1/save-list': { body: { ...saveList, items: [saveListItem, failing] } } });
  await userEvent.click(await screen.findByRole('tab', { name: /Involuntary/ }));
  await waitFor(() => {
    expect(screen.queryByRole('link', { name: 'First account' })).toBeNull();
  });
  expect(screen.getByRole('link', { name: 'Failing payments' })).toBeDefined();
  expect(window.location.search).toBe('?kind=involuntary');
});

test('the tabs count the accounts of the whole list, and none is denied before it is loaded', async () => {
  const totals = { ...saveList.totals, voluntary: 30, involuntary: 12 };
  await openOverview({ 'GET /v1/save-list': { body: { ...saveList, totals, next: 'two' } } });
  const tabs = await screen.findAllByRole('tab');
  expect(tabs.map((tab) => tab.textContent)).toEqual(['All42', 'Voluntary30', 'Involuntary12']);
  await userEvent.click(screen.getByRole('tab', { name: /Involuntary/ }));
  expect(await screen.findByText(/load more of the list to see all 12/)).toBeDefined();
});

test.each([
  ['not_found', /tested, and no churn signal was found/],
  ['not_tested', /too little data to test for a churn signal/],
])('with the signal %s the page says why the ranking is by revenue only', async (signal, heading) => {
  const model = { ...saveList.model, signal, statement: 'Of 12 accounts, 3 left.' };
  await openOverview({ 'GET /v1/save-list': { body: { ...saveList, model } } });
  expect(await screen.findByText(heading)).toBeDefined();
  expect(screen.getByText('Of 12 accounts, 3 left.')).toBeDefined();
});

test('the MRR names the subscriptions that wait for exchange rates, and the command', async () => {
  const figures = { mrr: '1500.10', arr: '18001.20', arpa: null, currency: 'USD', accounts: 3 };
  const unrated = [{ currency: 'CHF', subscriptions: 2 }];
  const body = { on: '2024-12-31', ...figures, unrated, policy: 'default', rows: '/v1/movements' };
  await openOverview({ 'GET /v1/metrics/mrr': { body } });
  expect(await screen.findByText('Without 2 subscriptions in CHF')).toBeDefined();
  expect(screen.getByText('./keepwell metrics rates import rates.csv')).toBeDefined();
});

test('the part of a change that exchange rates made is named', async () => {
  const period = {
    ...{ start: '2024-12-01', end: '2024-12-31', opening: '100.00', closing: '80.00', quick_ratio: null },
    ...{ new: '0.00', expansion: '0.00', contraction: '0.00', churn: '0.00', reactivation: '0.00' },
    ...{ net: '0.00', fx: '-20.00', rows: '/v1/movements' },
  };
  await openOverview({
    'GET /v1/metrics/movements': (query) => ({
      body: {
        ...{ from: query.get('from'), to: query.get('to'), by: query.get('by') },
        ...{ currency: 'USD', policy: 'default', rows: '/v1/movements', periods: [period] },
      },
    }),
  });
  await waitFor(() => {
    expect(screen.getAllByText('-$20.00 of it by exchange rates')).toHaveLength(2);
  });
});

test('an import after the scoring is pointed out', async () => {
  await openOverview({ 'GET /v1/save-list': { body: { ...saveList, outdated: true } } });
  expect(await screen.findByText(/changed records since the scoring/)).toBeDefined();
});

test('before the first training the save list shows the command', async () => {
  const body = { ...saveList, model: null, items: [], scored_at: null, as_of: null };
  await openOverview({ 'GET /v1/save-list': { body } });
  expect(await screen.findByText('./keepwell churn train')).toBeDefined();
});

test('twelve months without movements say to which day the data reach, if the training knows it', async () => {
  const body = { ...saveList, as_of: '2023-06-01' };
  await openOverview({ 'GET /v1/save-list': { body } });
  expect(await screen.findByText('The data of this workspace reach until Jun 1, 2023.')).toBeDefined();
});

test('twelve months without movements ask for another day before the first training', async () => {
  const body = { ...saveList, model: null, items: [], scored_at: null, as_of: null };
  await openOverview({ 'GET /v1/save-list': { body } });
  expect(await screen.findByText('Choose an earlier day, or import subscriptions.')).toBeDefined();
});

test('a second page of the save list is loaded when the URL asks for it', async () => {
  const second = { ...saveListItem, account_id: SECOND_ACCOUNT_ID, name: 'Second account', rank: 2 };
  await openOverview(
    {
      'GET /v1/save-list': (query) => ({
        body: query.get('cursor') === 'two' ? { ...saveList, items: [second] } : { ...saveList, next: 'two' },
      }),
    },
    '/?pages=2',
  );
  expect(await screen.findByRole('link', { name: 'Second account' })).toBeDefined();
  expect(screen.getByRole('link', { name: 'First account' })).toBeDefined();
});

test('live activity names the account, and links to it if there is a record of it', async () => {
  const at = '2024-12-31T09:00:00Z';
  const items = [
    { at, event: 'match_won', external_id: 'A-1', account_id: ACCOUNT_ID, name: 'First account' },
    { at, event: 'session_started', external_id: 'visitor-7', account_id: null, name: null },
  ];
  await openOverview({ 'GET /v1/activity': { body: { items } } });
  const list = await screen.findByRole('list', { name: 'Live activity' });
  const link = within(list).getByRole('link', { name: 'First account' });
  expect(link.getAttribute('href')).toBe(`/accounts/${ACCOUNT_ID}`);
  expect(within(list).getByText('match_won')).toBeDefined();
  expect(within(list).getByText('visitor-7').closest('a')).toBeNull();
});

test('an event that arrives while the page is open appears without a reload', async () => {
  const now = {
    at: '2024-12-31T09:00:00Z',
    external_id: 'A-1',
    account_id: ACCOUNT_ID,
    name: 'First account',
  };
  let requests = 0;
  const answer = () => {
    requests += 1;
    return { body: { items: requests === 1 ? [] : [{ ...now, event: 'match_won' }] } };
  };
  await openOverview({ 'GET /v1/activity': answer });
  expect(await screen.findByText('No events received')).toBeDefined();
  expect(await screen.findByText('match_won')).toBeDefined();
});

test('a workspace without events shows how a product sends them', async () => {
  await openOverview();
  expect(await screen.findByText(/write-key create/)).toBeDefined();
});
