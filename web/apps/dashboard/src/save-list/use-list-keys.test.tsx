// @vitest-environment happy-dom
import { screen } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { afterEach, expect, test, vi } from 'vitest';

import { ACCOUNT_ID, saveList, saveListItem, SECOND_ACCOUNT_ID, workspaceAnswers } from '../testing/answers';
import type { ApiServer } from '../testing/api-server';
import { closePage, openPage } from '../testing/open-page';

let server: ApiServer;

afterEach(() => closePage(server));

test('a key writes to the address alone, whatever else is written in it', async () => {
  const contact = { name: 'Desk', email: 'desk@shop.example?bcc=spy%40evil.example', phone: null };
  const list = { ...saveList, items: [{ ...saveListItem, contact }] };
  server = await openPage('/save-list', { ...workspaceAnswers, 'GET /v1/save-list': { body: list } });
  await screen.findAllByText(saveListItem.name);
  const opened = vi.spyOn(window.location, 'assign').mockImplementation(() => undefined);
  await userEvent.keyboard('jm');
  expect(opened).toHaveBeenCalledExactlyOnceWith('mailto:desk%40shop.example%3Fbcc%3Dspy%2540evil.example');
});

test('walking moves the focus with the mark', async () => {
  const items = [saveListItem, { ...saveListItem, account_id: SECOND_ACCOUNT_ID, name: 'Second account' }];
  const answers = { ...workspaceAnswers, 'GET /v1/save-list': { body: { ...saveList, items } } };
  server = await openPage('/save-list', answers);
  await screen.findAllByText('Second account');
  await userEvent.keyboard('jj');
  expect(document.activeElement?.textContent).toBe('Second account');
  await userEvent.keyboard('k');
  expect(document.activeElement?.textContent).toBe(saveListItem.name);
});

test('Enter opens the marked row, and on another link that link', async () => {
  server = await openPage('/save-list', workspaceAnswers);
  await screen.findAllByText(saveListItem.name);
  await userEvent.keyboard('j');
  screen.getByRole('link', { name: /^Payments/u }).focus();
  await userEvent.keyboard('{Enter}');
  expect(window.location.search).toBe('?kind=involuntary');
  await screen.findAllByText(saveListItem.name);
  await userEvent.keyboard('j');
  await userEvent.keyboard('{Enter}');
  await screen.findByRole('heading', { level: 1, name: 'First account' });
  expect(window.location.pathname).toBe(`/accounts/${ACCOUNT_ID}`);
});
