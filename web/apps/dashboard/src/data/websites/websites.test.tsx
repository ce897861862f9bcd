// @vitest-environment happy-dom
import type { CrawlItem, WebsiteItem, WebsiteTotals, WorkspaceSettings } from '@keepwell/api';
import { screen } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';

import { workspaceAnswers } from '../../testing/answers';
import type { Answers, ApiServer } from '../../testing/api-server';
import { closePage, openPage } from '../../testing/open-page';

let server: ApiServer;

const SOME_ID = '0190b3c2-1f6a-7c3e-9c55-000000000003';

const nothing: WebsiteTotals = {
  alive: 0,
  moved: 0,
  dead: 0,
  unknown: 0,
  nonsense: 0,
  unread: 0,
  left_out: 0,
};
const website: WebsiteItem = {
  id: '0190b3c2-1f6a-7c3e-9c55-000000000001',
  account_id: '0190b3c2-1f6a-7c3e-9c55-000000000001',
  is_own: true,
  is_left_out: false,
  name: 'First account',
  website: 'https://first.example',
  state: 'dead',
  problem: null,
  outcome: 'client_error',
  status: 404,
  moved_to: null,
  since: '2026-11-30T06:00:00Z',
  read_at: '2026-12-01T06:00:00Z',
  changed_at: '2026-11-30T06:00:00Z',
  changes: ['website.status'],
};
const settings: WorkspaceSettings = {
  slug: 'default',
  name: 'Shop',
  currency: 'USD',
  synthetic: false,
  time_zone: 'UTC',
  locale: 'en',
  postal_address: null,
  sender_name: null,
  sender_email: null,
  policy: 'default',
  holdout_shares: { follow_up: '0', dunning: '0' },
  contact_cost: null,
  website_crawls: 'off',
  version: 1,
};
const crawl: CrawlItem = {
  id: '0190b3c2-1f6a-7c3e-9c55-000000000002',
  cause: 'worker',
  started_at: '2026-12-01T06:00:00Z',
  ended_at: '2026-12-01T06:01:00Z',
  accounts: 1,
  websites: 1,
  signals: 1,
  requests: 2,
  bytes: 2000,
  outcomes: { client_error: 1 },
  statuses: { 404: 1 },
  retries: {},
  waited: {},
  queue_left: 0,
  error: null,
  state: 'ended',
};

async function open(counts: Partial<WebsiteTotals>, answers: Answers = {}) {
  server = await openPage('/data/websites', {
    ...workspaceAnswers,
    'GET /v1/workspace': { body: settings },
    'GET /v1/websites/totals': { body: { ...nothing, ...counts } },
    'GET /v1/websites': { body: { items: [website], next: null } },
    'GET /v1/crawls': { body: { items: [crawl], next: null } },
    ...answers,
  });
}

afterEach(() => closePage(server));

test('a website that is dead says since when and how it fails', async () => {
  await open({ dead: 1 });
  expect(await screen.findByText('answers 404')).toBeDefined();
  expect(screen.getByText('Dead')).toBeDefined();
  expect(await screen.findByText('1 of 1 account')).toBeDefined();
});

test('a page besides the own website is marked, and one too many says why it is not read', async () => {
  const page = { ...website, id: crawl.id, is_own: false, website: 'https://status.example' };
  const rest = {
    ...page,
    id: SOME_ID,
    is_left_out: true,
    state: null,
    since: null,
    website: 'https://six.example',
  };
  await open(
    { dead: 1, left_out: 1 },
    { 'GET /v1/websites': { body: { items: [website, page, rest], next: null } } },
  );
  expect((await screen.findByText('https://status.example')).parentElement?.textContent).toBe(
    'Page https://status.example',
  );
  expect(screen.getByText('https://first.example').parentElement?.textContent).toBe('https://first.example');
  expect(screen.getByText('Five others of the account are read.')).toBeDefined();
});

test('websites that nobody has read name the command that reads them', async () => {
  const unread = { ...website, state: null, outcome: null, status: null, since: null, read_at: null };
  await open(
    { unread: 1 },
    {
      'GET /v1/websites': { body: { items: [unread], next: null } },
      'GET /v1/crawls': { body: { items: [], next: null } },
    },
  );
  expect(await screen.findByText('No website has been read yet')).toBeDefined();
  expect(document.body.textContent).toContain('./keepwell crawl accounts');
  expect(await screen.findByText('There was none yet.')).toBeDefined();
});

test('a crawl that is under way says since when, and how far it is', async () => {
  const running = { ...crawl, state: 'under_way', ended_at: null, queue_left: 17 };
  await open({ unread: 1 }, { 'GET /v1/crawls': { body: { items: [running], next: null } } });
  const since = await screen.findByText('Under way since');
  expect(since.nextElementSibling?.textContent).toContain('Dec 1, 2026');
  expect(screen.getByText('Still to be read').nextElementSibling?.textContent).toBe('17');
});

test('a crawl that was broken off does not look as if it were under way', async () => {
  const silent = { ...crawl, state: 'broken_off' };
  await open({ unread: 1 }, { 'GET /v1/crawls': { body: { items: [silent], next: null } } });
  expect(await screen.findByText('It was broken off')).toBeDefined();
  expect(screen.queryByText('Under way since')).toBeNull();
});

test('a crawl that failed says why', async () => {
  const failed = { ...crawl, error: 'The crawl needs the package selectolax.' };
  await open({ dead: 1 }, { 'GET /v1/crawls': { body: { items: [failed], next: null } } });
  expect(await screen.findByText('The crawl needs the package selectolax.')).toBeDefined();
});
