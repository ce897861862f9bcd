// @vitest-environment happy-dom
import { screen } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';

import { saveList, workspaceAnswers } from '../testing/answers';
import type { ApiServer } from '../testing/api-server';
import { closePage, openPage } from '../testing/open-page';

let server: ApiServer;

afterEach(() => closePage(server));

test('before the first training tabs count nobody, and failed payments are named where they are', async () => {
  const none = { voluntary: 0, involuntary: 0, left_alone: 0 };
  const totals = { ...saveList.totals, ...none };
  const body = { ...saveList, totals, model: null, items: [], scored_at: null, as_of: null };
  server = await openPage('/save-list?kind=involuntary', {
    ...workspaceAnswers,
    'GET /v1/save-list': { body: { ...body, horizon_ends_on: null } },
  });
  const link = await screen.findByRole('link', { name: /Today has them/u });
  expect(link.getAttribute('href')).toBe('/');
  expect(screen.getByRole('link', { name: /^Payments/u }).textContent.trim()).toBe('Payments');
});
