// @vitest-environment happy-dom
import { screen } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';

import { ACCOUNT_ID, accountDetail, subscription, workspaceAnswers } from '../testing/answers';
import type { Answers, ApiServer } from '../testing/api-server';
import { closePage, openPage } from '../testing/open-page';

let server: ApiServer;

async function openAccount(changed: Answers = {}, path = `/accounts/${ACCOUNT_ID}`) {
  server = await openPage(path, { ...workspaceAnswers, ...changed });
}

afterEach(() => closePage(server));

test('an account at risk shows the reasons, and the page title is its name', async () => {
  await openAccount();
  expect(await screen.findByRole('heading', { level: 1, name: /First account/ })).toBeDefined();
  expect(screen.getByText(/15 in the 28 before/)).toBeDefined();
  expect(screen.getByText('Voluntary')).toBeDefined();
  expect(document.title).toBe('First account · Keepwell');
});

test('a paying account that was never scored shows the command', async () => {
  await openAccount({ [`GET /v1/accounts/${ACCOUNT_ID}`]: { body: { ...accountDetail, risk: null } } });
  expect(await screen.findByText('./keepwell churn train')).toBeDefined();
});

test('an account whose price cannot be read says since when and why', async () => {
  const uncertain = {
    ...accountDetail,
    revenue_uncertain_since: '2024-03-05',
    revenue_uncertain_because: 'sub_1: the price depends on the quantity, by tiers.',
  };
  await openAccount({ [`GET /v1/accounts/${ACCOUNT_ID}`]: { body: uncertain } });
  expect(await screen.findByText(/Revenue uncertain since .*2024.*: sub_1: .* by tiers/)).toBeDefined();
});

test('a subscription in another currency shows its price in that currency', async () => {
  const inFrancs = { ...accountDetail, subscriptions: [{ ...subscription, mrr: '52.00', currency: 'CHF' }] };
  await openAccount({ [`GET /v1/accounts/${ACCOUNT_ID}`]: { body: inFrancs } });
  expect(await screen.findByText(/^CHF.52\.00$/)).toBeDefined();
});

test('a trial account explains why it is not scored', async () => {
  const trial = { ...accountDetail, status: 'trial', risk: null };
  await openAccount({ [`GET /v1/accounts/${ACCOUNT_ID}`]: { body: trial } });
  expect(await screen.findByText(/Trials are not scored/)).toBeDefined();
});

test('a prospect is not called a customer', async () => {
  const prospect = { ...accountDetail, status: 'prospect', mrr: '0.00', risk: null };
  await openAccount({ [`GET /v1/accounts/${ACCOUNT_ID}`]: { body: prospect } });
  expect(await screen.findByText('Prospect')).toBeDefined();
  expect(screen.getByText('First subscription Feb 1, 2024')).toBeDefined();
  expect(screen.queryByText(/Customer|Churned/)).toBeNull();
});

test.each([
  ['not_found', /no churn signal was found/],
  ['not_tested', /there is too little data to test/],
])('with the signal %s the page says that the probability is the overall rate', async (signal, text) => {
  const risk = { ...accountDetail.risk, signal };
  await openAccount({ [`GET /v1/accounts/${ACCOUNT_ID}`]: { body: { ...accountDetail, risk } } });
  expect(await screen.findByText(text)).toBeDefined();
});

test('an account of another workspace is not found', async () => {
  await openAccount({}, '/accounts/account-9');
  expect(await screen.findByRole('heading', { name: 'Account not found' })).toBeDefined();
});

test('an event that arrives while the page is open appears in its activity', async () => {
  let requests = 0;
  const answer = () => {
    requests += 1;
    const recent = requests === 1 ? [] : [{ at: '2024-12-31T09:00:00Z', event: 'match_won' }];
    return { body: { ...accountDetail, activity: { days: [], recent } } };
  };
  await openAccount({ [`GET /v1/accounts/${ACCOUNT_ID}`]: answer });
  expect(await screen.findByText('match_won')).toBeDefined();
});
