// @vitest-environment happy-dom
import { screen } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';

import { saveList, workspaceAnswers } from '../testing/answers';
import type { ApiServer } from '../testing/api-server';
import { closePage, openPage } from '../testing/open-page';

let server: ApiServer;

afterEach(() => closePage(server));

test('a list that stays because its tracker is silent says as of when, and why', async () => {
  const statement = 'There are no events of use after 2024-12-29.';
  const silence = { source: 'events', last_on: '2024-12-29', statement } as const;
  const list = { ...saveList, silence };
  server = await openPage('/save-list', { ...workspaceAnswers, 'GET /v1/save-list': { body: list } });
  expect(await screen.findByText('This list stays as of Dec 30, 2024')).toBeDefined();
  expect(screen.getByText(statement)).toBeDefined();
  const notes = screen.getAllByRole('note').map(({ textContent }) => textContent);
  expect(notes.join('\n')).toContain('./keepwell churn train --without events');
});
