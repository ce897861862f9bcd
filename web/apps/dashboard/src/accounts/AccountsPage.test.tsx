// @vitest-environment happy-dom
import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test } from 'vitest';

import { account, SECOND_ACCOUNT_ID, workspaceAnswers } from '../testing/answers';
import { problem, type Answers, type ApiServer } from '../testing/api-server';
import { closePage, openPage } from '../testing/open-page';

let server: ApiServer;

async function openAccounts(changed: Answers = {}, path = '/accounts') {
  server = await openPage(path, { ...workspaceAnswers, ...changed });
}

afterEach(() => closePage(server));

test('the filters in the URL are sent with the request', async () => {
  await openAccounts({}, '/accounts?q=acme&status=trial&sort=name&plan=Pro');
  await screen.findByRole('link', { name: 'First account' });
  expect(server.calls).toContain('GET /v1/accounts?q=acme&status=trial&sort=name&plan=Pro&limit=50');
  expect(screen.getByRole<HTMLInputElement>('searchbox', { name: 'Search accounts' }).value).toBe('acme');
});

test('a search reaches the URL and the server when typing pauses', async () => {
  await openAccounts();
  await userEvent.type(await screen.findByRole('searchbox', { name: 'Search accounts' }), '123');
  await waitFor(() => {
    expect(window.location.search).toBe('?q=123');
  });
  await waitFor(() => {
    expect(server.calls.filter((call) => call.includes('q='))).toEqual(['GET /v1/accounts?q=123&limit=50']);
  });
});

test('loading more follows the cursor, and the URL keeps the number of pages', async () => {
  const second = { ...account, id: SECOND_ACCOUNT_ID, name: 'Second account' };
  await openAccounts({
    'GET /v1/accounts': (query) =>
      query.get('cursor') === 'two'
        ? { body: { items: [second], next: null } }
        : { body: { items: [account], next: 'two' } },
  });
  await userEvent.click(await screen.findByRole('button', { name: 'Load more' }));
  expect(await screen.findByRole('link', { name: 'Second account' })).toBeDefined();
  expect(window.location.search).toBe('?pages=2');
  expect(screen.getByText('All 2 shown')).toBeDefined();
});

test('clicking a column header sorts by it', async () => {
  await openAccounts();
  await userEvent.click(await screen.findByRole('button', { name: 'Account' }));
  await waitFor(() => {
    expect(server.calls).toContain('GET /v1/accounts?sort=name&limit=50');
  });
  const header = screen.getByRole('columnheader', { name: 'Account' });
  expect(header.getAttribute('aria-sort')).toBe('ascending');
});

test('a workspace without accounts shows the import command', async () => {
  await openAccounts({ 'GET /v1/accounts': { body: { items: [], next: null } } });
  expect(await screen.findByText(/\.\/keepwell import --mapping/)).toBeDefined();
});

test('an error shows its detail and hint, and trying again recovers', async () => {
  let isFailing = true;
  await openAccounts({
    'GET /v1/accounts': () =>
      isFailing
        ? problem(400, 'The cursor is of another list.', 'Start again.')
        : { body: { items: [account], next: null } },
  });
  expect(await screen.findByText('The cursor is of another list.')).toBeDefined();
  expect(screen.getByText('Start again.')).toBeDefined();
  isFailing = false;
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
  expect(await screen.findByRole('link', { name: 'First account' })).toBeDefined();
});
