// @vitest-environment happy-dom
import { screen } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';

import { session, workspaceAnswers } from '../testing/answers';
import type { Answers, ApiServer } from '../testing/api-server';
import { closePage, openPage } from '../testing/open-page';

let server: ApiServer;

const IMPORT_ID = '0190b3c2-1f6a-7c3e-9c55-000000000009';
const counted = { read: 9, imported: 5, dead_lettered: 2, reasons: { schema: 1, 'duplicate-id': 1 } };
const times = { started_at: '2025-03-01T06:00:00Z', finished_at: '2025-03-01T06:01:00Z' };

async function open(path: string, answers: Answers) {
  const mayImport = { ...session, permissions: ['read', 'import'] };
  server = await openPage(path, { ...workspaceAnswers, 'GET /v1/session': { body: mayImport }, ...answers });
}

afterEach(() => closePage(server));

test('an import leads to the rows of each file that it kept aside, whatever their reasons, and to all of them', async () => {
  const body = {
    ...times,
    id: IMPORT_ID,
    source: 'file',
    mapping: 'shop.yaml',
    status: 'finished',
    undone_at: null,
    summary: { entities: { accounts: { ...counted, file: 'accounts.csv' } } },
    drift: [],
    assumptions: [],
    error: null,
  };
  await open(`/data/imports/${IMPORT_ID}`, { [`GET /v1/imports/${IMPORT_ID}`]: { body } });
  const ofFile = await screen.findByRole('link', { name: '2' });
  expect(ofFile.getAttribute('href')).toBe('/data/dead-letters?journal=journal&source=accounts.csv');
  const all = screen.getByRole('link', { name: '2: see the dead letters' });
  expect(all.getAttribute('href')).toBe('/data/dead-letters?journal=journal');
});

test('the page of Stripe names the last import and what it kept aside, also while nothing is connected', async () => {
  const last_import = {
    ...times,
    import_id: IMPORT_ID,
    status: 'failed',
    rows_read: 1200,
    kept_aside: 3,
    error: 'No.',
  };
  const body = {
    is_connected: false,
    account_id: null,
    account_name: null,
    mode: null,
    connected_at: null,
    sync: null,
    last_import,
    last_success_at: null,
    webhook: { path: '/v1/stripe-webhooks/1', url: null, is_accepted: false, event_received_at: null },
  };
  await open('/data/stripe', { 'GET /v1/stripe': { body } });
  const link = await screen.findByRole('link', { name: /^Mar 1, 2025/u });
  expect(link.getAttribute('href')).toBe(`/data/imports/${IMPORT_ID}`);
  expect(screen.getByText('Failed, 1,200 rows read')).toBeDefined();
  expect(screen.getByRole('link', { name: '3 kept aside' })).toBeDefined();
});
