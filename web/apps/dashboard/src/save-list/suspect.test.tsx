// @vitest-environment happy-dom
import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test } from 'vitest';

import { model, saveList, workspaceAnswers } from '../testing/answers';
import type { ApiServer } from '../testing/api-server';
import { closePage, openPage } from '../testing/open-page';

let server: ApiServer;

afterEach(() => closePage(server));

test('over a list whose test is suspect no figure of it is named, also not where it is explained', async () => {
  const evaluation = { ...model.evaluation, auc: 0.991, probable_labels: ['days_to_renewal'] };
  const suspect = { ...model, evaluation, signal: 'suspect' as const, statement: 'The test proves nothing.' };
  server = await openPage('/save-list', {
    ...workspaceAnswers,
    'GET /v1/save-list': { body: { ...saveList, model: suspect } },
  });
  await userEvent.click(await screen.findByRole('link', { name: 'its test proves nothing' }));
  const sheet = await screen.findByRole('dialog', { name: 'How the model was tested' });
  expect(sheet.textContent).toContain('an input is probably the label itself');
  expect(document.body.textContent).not.toMatch(/99|Log loss|Expected/u);
  // More events would not help.
  expect(screen.queryByText('Add events of use')).toBeNull();
});
