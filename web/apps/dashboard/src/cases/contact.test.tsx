// @vitest-environment happy-dom
import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test } from 'vitest';

import { accountDetail, saveList, saveListItem, session, workspaceAnswers } from '../testing/answers';
import type { Answers, ApiServer } from '../testing/api-server';
import { closePage, openPage } from '../testing/open-page';
import { caseItem } from '../testing/outcomes';
import { momentWithin } from './use-record-contact';

let server: ApiServer;

afterEach(() => closePage(server));

const open = {
  id: caseItem.id,
  opened_on: '2024-12-20',
  horizon_ends_on: '2025-01-19',
  contacts: 0,
  last_contacted_at: null,
};
const following: Answers = {
  ...workspaceAnswers,
  'GET /v1/session': { body: { ...session, permissions: ['read', 'follow-up', 'holdout'] } },
  'GET /v1/save-list': { body: { ...saveList, items: [{ ...saveListItem, case: open }] } },
};

test('a row says since when its account has a case, and offers to record a contact to who follows up', async () => {
  server = await openPage('/save-list', following);
  await screen.findByText('Case since Dec 20, 2024');
  expect(screen.getByRole('button', { name: 'Record a contact with First account' })).toBeTruthy();
});

test('an account that is left alone is contacted only with a reason', async () => {
  const held = { ...caseItem, arm: 'hold' as const };
  server = await openPage(`/accounts/${accountDetail.id}`, {
    ...following,
    'GET /v1/save-cases': { body: { items: [held], next: null } },
    [`GET /v1/save-cases/${caseItem.id}`]: { body: { ...held, made: [] } },
  });
  await userEvent.click(await screen.findByRole('button', { name: 'Record a contact with First account' }));
  const dialog = await screen.findByRole('dialog');
  expect(within(dialog).getByText('This account is left alone on purpose.')).toBeTruthy();
  const record = within(dialog).getByRole('button', { name: 'Record' });
  expect(record.matches(':disabled')).toBe(true);
  await userEvent.type(within(dialog).getByLabelText('Why it was contacted'), 'They called us.');
  expect(record.matches(':disabled')).toBe(false);
});

test('a clock that is far off still gives a moment of the case', () => {
  const of = { ...open, account: 'First account', account_id: 'a' };
  expect(momentWithin(of, new Date('2024-12-19T10:00:00Z'))).toBe('2024-12-20T00:00:00.000Z');
  expect(momentWithin(of, new Date('2025-01-20T10:00:00Z'))).toBe('2025-01-19T23:59:59.000Z');
  expect(momentWithin(of, new Date('2024-12-31T10:00:00Z'))).toBe('2024-12-31T10:00:00.000Z');
});
