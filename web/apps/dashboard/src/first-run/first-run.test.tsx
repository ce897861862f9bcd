// @vitest-environment happy-dom
import { screen } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';

import { account, session, workspaceAnswers } from '../testing/answers';
import type { ApiServer } from '../testing/api-server';
import { isCommand } from '../testing/command';
import { closePage, openPage } from '../testing/open-page';

let server: ApiServer;

const emptyAnswers = {
  ...workspaceAnswers,
  'GET /v1/accounts': { body: { items: [], next: null } },
};

afterEach(() => closePage(server));

test.each(['/save-list', '/revenue', '/revenue/cohorts', '/data'])(
  'in an empty workspace %s leads to the three ways in',
  async (path) => {
    server = await openPage(path, emptyAnswers);
    const link = await screen.findByRole('link', { name: 'Three ways to begin' });
    expect(link.getAttribute('href')).toBe('/');
  },
);

test('a command names the home and the workspace that it acts on', async () => {
  server = await openPage('/', {
    ...emptyAnswers,
    'GET /v1/session': { body: { ...session, home: '/srv/my data' } },
  });
  expect(
    await screen.findByText(
      isCommand(
        "./keepwell import --dry-run --mapping stripe --home '/srv/my data' --workspace sample exports/",
      ),
    ),
  ).toBeDefined();
});

test.each([
  [
    'empty',
    [],
    /can still be settled/u,
    './keepwell import --mapping my-shop.yaml --currency EUR --workspace sample exports/',
  ],
  [
    'in use',
    [account],
    /cannot be changed any more/u,
    './keepwell import --mapping my-shop.yaml --currency EUR --workspace sample-eur exports/',
  ],
] as const)(
  'a workspace that is %s says what can be done about its currency',
  async (_, items, said, command) => {
    server = await openPage('/settings/currency', {
      ...workspaceAnswers,
      'GET /v1/accounts': { body: { items, next: null } },
      'GET /v1/exchange-rates': { body: { items: [], next: null } },
    });
    expect(await screen.findByText(said)).toBeDefined();
    expect(screen.getByText(isCommand(command))).toBeDefined();
  },
);

test('a workspace in EUR is shown how to report in another currency than that', async () => {
  server = await openPage('/settings/currency', {
    ...workspaceAnswers,
    'GET /v1/session': { body: { ...session, workspace: { ...session.workspace, currency: 'EUR' } } },
    'GET /v1/accounts': { body: { items: [account], next: null } },
    'GET /v1/exchange-rates': { body: { items: [], next: null } },
  });
  const command = './keepwell import --mapping my-shop.yaml --currency USD --workspace sample-usd exports/';
  expect(await screen.findByText(isCommand(command))).toBeDefined();
});
