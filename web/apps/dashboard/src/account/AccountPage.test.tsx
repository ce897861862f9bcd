// @vitest-environment happy-dom
import type { AccountDetail, Timeline } from '@keepwell/api';
import { screen, waitFor, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { afterEach, expect, test } from 'vitest';

import {
  ACCOUNT_ID,
  accountDetail,
  charge,
  contact,
  SECOND_ACCOUNT_ID,
  subscription,
  workspaceAnswers,
} from '../testing/answers';
import type { Answers, ApiServer } from '../testing/api-server';
import { closePage, openPage } from '../testing/open-page';
import { timelineItem } from '../testing/timeline';

let server: ApiServer;

async function openAccount(changed: Partial<AccountDetail> = {}, answers: Answers = {}) {
  const account = { [`GET /v1/accounts/${ACCOUNT_ID}`]: { body: { ...accountDetail, ...changed } } };
  server = await openPage(`/accounts/${ACCOUNT_ID}`, { ...workspaceAnswers, ...account, ...answers });
}

function timeline(page: Partial<Timeline>): Answers {
  const body: Timeline = { items: [], next: null, planned: [], ...page };
  return { [`GET /v1/accounts/${ACCOUNT_ID}/timeline`]: { body } };
}

afterEach(() => closePage(server));

test('an account at risk shows its reasons, and the page title is its name', async () => {
  await openAccount();
  expect(await screen.findByRole('heading', { level: 1, name: 'First account' })).toBeDefined();
  expect(screen.getByRole('heading', { name: 'Why 42%' })).toBeDefined();
  expect(screen.getByText(/15 in the 30 days before/)).toBeDefined();
  expect(document.title).toBe('First account · Keepwell');
});

test('charges without an invoice are payments, and those of an invoice on record are in it', async () => {
  const items = [charge, { ...charge, id: SECOND_ACCOUNT_ID, invoice_id: ACCOUNT_ID }];
  await openAccount({}, { 'GET /v1/charges': { body: { items, next: null } } });
  const count = await screen.findByText('1 charge without an invoice');
  expect(count.closest('.figure')?.textContent).toContain('$30.00');
});

test.each([
  ['active', /The newest list has no score of this account/],
  ['trial', /Trials are not scored/],
  ['prospect', /has never paid/],
  ['churned', /This account has left/],
] as const)('an account that is %s and not scored says why', async (status, why) => {
  await openAccount({ status, risk: null });
  const part = await screen.findByRole('heading', { name: 'Chance of leaving' });
  expect(part.closest('section')?.textContent).toMatch(why);
});

test('an account that has left shows since when', async () => {
  await openAccount({ status: 'churned', churned_on: '2024-07-28', risk: null });
  expect(await screen.findByText('Churned Jul 28, 2024')).toBeDefined();
});

test('an account whose subscriptions are all cancelled shows when it leaves', async () => {
  const ending = { ...subscription, cancelled_on: '2024-12-01', ends_on: '2999-01-28' };
  await openAccount({ subscriptions: [ending] });
  expect(await screen.findByText('Leaves Jan 28, 2999')).toBeDefined();
});

test('an account that keeps one subscription does not leave', async () => {
  const ending = { ...subscription, cancelled_on: '2024-12-01', ends_on: '2999-01-28' };
  await openAccount({ subscriptions: [ending, { ...subscription, id: SECOND_ACCOUNT_ID }] });
  expect(await screen.findByText('Active')).toBeDefined();
});

test('an account that is left alone says so, and has no rank', async () => {
  const risk = accountDetail.risk === null ? null : { ...accountDetail.risk, is_held: true, rank: null };
  await openAccount({ risk });
  expect(await screen.findByText('Left alone')).toBeDefined();
  expect(screen.getByText('on no working list')).toBeDefined();
});

test('an account whose price cannot be read says since when and why', async () => {
  await openAccount({
    revenue_uncertain_since: '2024-03-05',
    revenue_uncertain_because: 'sub_1: the price depends on the quantity, by tiers.',
  });
  expect(await screen.findByText('Revenue uncertain since Mar 5, 2024')).toBeDefined();
  expect(screen.getByText(/by tiers/)).toBeDefined();
});

test('an account whose persons were erased says what is gone', async () => {
  await openAccount({ erased_at: '2024-12-01T10:00:00Z' });
  expect(await screen.findByText(/were erased on Dec 1, 2024/)).toBeDefined();
});

test.each([
  ['not_found', /no churn signal was found/],
  ['not_tested', /there is too little data to test/],
  ['suspect', /too good to be true/],
] as const)(
  'with the signal %s the page says that the probability is the overall rate',
  async (signal, text) => {
    await openAccount({ risk: accountDetail.risk === null ? null : { ...accountDetail.risk, signal } });
    expect(await screen.findByText(text)).toBeDefined();
  },
);

test('a subscription in another currency shows its price in that currency', async () => {
  await openAccount({ subscriptions: [{ ...subscription, mrr: '52.00', currency: 'CHF' }] });
  expect(await screen.findByText(/^CHF.52\.00 MRR/)).toBeDefined();
});

test('an account of another workspace is not found', async () => {
  server = await openPage('/accounts/account-9', workspaceAnswers);
  expect(await screen.findByRole('heading', { name: 'Account not found' })).toBeDefined();
});

test('only the ways to reach somebody that are on record are offered', async () => {
  const answers = { 'GET /v1/contacts': { body: { items: [{ ...contact, phone: null }], next: null } } };
  await openAccount({}, answers);
  expect((await screen.findByRole('link', { name: 'Mail Desk' })).getAttribute('href')).toBe(
    'mailto:desk%40shop.example',
  );
  expect(screen.queryByRole('link', { name: /^Call/ })).toBeNull();
});

test('nobody is mailed at an address whose mail comes back', async () => {
  const lost = { ...contact, is_undeliverable: true };
  await openAccount({}, { 'GET /v1/contacts': { body: { items: [lost], next: null } } });
  expect(await screen.findByRole('link', { name: 'Call Desk' })).toBeDefined();
  expect(screen.queryByRole('link', { name: /^Mail/ })).toBeNull();
  expect(screen.getByText('Mail to this address comes back')).toBeDefined();
});

test('what is planned comes first, then the days, newest first', async () => {
  const planned = {
    day: '2025-01-17',
    type: 'renewal',
    subject_id: subscription.id,
    plan: 'Basic',
    amount: '100.00',
    amount_per: 'month',
    interval: 'month',
    currency: 'USD',
    end_reason: null,
    brand: null,
    last4: null,
  } as const;
  const items = ['2024-12-31', '2024-12-30'].map((day) =>
    timelineItem({ kind: 'contact', type: 'added', day }),
  );
  await openAccount({}, timeline({ items, planned: [planned] }));
  const part = (await screen.findByRole('heading', { name: 'Timeline' })).closest('section');
  await waitFor(() => {
    expect(within(part ?? document.body).getAllByRole('heading', { level: 3 })).toHaveLength(3);
  });
  const headings = within(part ?? document.body).getAllByRole('heading', { level: 3 });
  expect(headings[0]?.textContent).toBe('Planned');
  expect(headings[1]?.textContent).toContain('Dec 31');
  expect(screen.getByText('$100.00 a month')).toBeDefined();
});

test('a chip asks for its kinds only, and the address says so', async () => {
  await openAccount();
  await userEvent.click(await screen.findByRole('button', { name: 'Payments' }));
  await waitFor(() => {
    expect(window.location.search).toBe('?kinds=payments');
  });
  expect(await screen.findByText('Nothing of this kind is on record')).toBeDefined();
  expect(server.calls.some((call) => call.includes('kinds=invoice&kinds=charge&kinds=refund'))).toBe(true);
});

test('a day that goes on over two pages has one heading', async () => {
  const item = (id: string) => timelineItem({ kind: 'contact', type: 'added', day: '2024-12-30', id });
  const answer = (query: URLSearchParams) => {
    const isSecond = query.get('cursor') === 'second';
    return { body: { items: [item(isSecond ? 'b' : 'a')], next: isSecond ? null : 'second', planned: [] } };
  };
  await openAccount({}, { [`GET /v1/accounts/${ACCOUNT_ID}/timeline`]: answer });
  await userEvent.click(await screen.findByRole('button', { name: 'Show more' }));
  await waitFor(() => {
    expect(screen.getAllByText('Contact added')).toHaveLength(2);
  });
  expect(screen.getAllByRole('heading', { level: 3 })).toHaveLength(1);
});

test('the last day with activity is not called today when it is over', async () => {
  const activity = { days: [{ day: '2024-12-30', events: 4, used: 4 }], recent: [] };
  await openAccount({ activity }, timeline({ items: [timelineItem({ kind: 'contact', type: 'added' })] }));
  const day = await screen.findByText('Dec 30', { selector: 'time' });
  expect(day).toBeDefined();
  expect(screen.queryByText('Today', { selector: 'time' })).toBeNull();
});

test('a key figure opens its sheet with what it means and its rows, and the address keeps it', async () => {
  const movements: AccountDetail['movements'] = [
    { on: '2024-02-01', kind: 'new', amount: '80.00' },
    { on: '2024-06-01', kind: 'expansion', amount: '20.00' },
  ];
  await openAccount({ movements });
  await userEvent.click(await screen.findByRole('button', { name: /^MRR/u }));
  const sheet = await screen.findByRole('dialog', { name: 'MRR of this account' });
  expect(within(sheet).getByText(/come to in a month/u)).toBeDefined();
  const rows = within(sheet).getAllByRole('row').slice(1);
  expect(rows.map((row) => row.textContent)).toEqual([
    'Jun 1, 2024Expansion+$20.00',
    'Feb 1, 2024New+$80.00',
  ]);
  expect(window.location.search).toBe('?sheet=mrr');
  await userEvent.keyboard('{Escape}');
  expect(screen.queryByRole('dialog')).toBeNull();
});
