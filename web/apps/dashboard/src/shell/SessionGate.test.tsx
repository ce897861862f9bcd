// @vitest-environment happy-dom
import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test } from 'vitest';

import { session, workspaceAnswers } from '../testing/answers';
import { problem, type Answers, type ApiServer } from '../testing/api-server';
import { closePage, openPage } from '../testing/open-page';

let server: ApiServer;
const sessionAnswer = { body: session };
const signedOut = problem(401, 'No session.', 'Sign in.');

afterEach(() => closePage(server));

test('without a session the page says how to get a sign-in link', async () => {
  server = await openPage('/accounts', { 'GET /v1/session': signedOut });
  expect(await screen.findByRole('heading', { name: 'You are signed out' })).toBeDefined();
  expect(screen.getByText('./keepwell sign-in')).toBeDefined();
  expect(document.title).toBe('Signed out · Keepwell');
});

test('a spent link shows that it was used and how to get another', async () => {
  server = await openPage('/link-spent', { 'GET /v1/session': signedOut });
  expect(await screen.findByText(/was used already/)).toBeDefined();
  expect(screen.getByText('./keepwell sign-in')).toBeDefined();
});

test('who followed a spent link and has a session sees the overview', async () => {
  server = await openPage('/link-spent', workspaceAnswers);
  expect(await screen.findByRole('heading', { name: 'Overview' })).toBeDefined();
});

test('a session that ends while the page is open shows the signed-out page', async () => {
  const answers: Answers = { ...workspaceAnswers, 'GET /v1/accounts': signedOut };
  answers['GET /v1/session'] = () =>
    server.calls.some((call) => call.startsWith('GET /v1/accounts')) ? signedOut : sessionAnswer;
  server = await openPage('/accounts', answers);
  expect(await screen.findByRole('heading', { name: 'You are signed out' })).toBeDefined();
});

test('signing out ends the session on the server', async () => {
  const answers: Answers = { ...workspaceAnswers, 'POST /v1/session/end': { status: 204 } };
  answers['GET /v1/session'] = () =>
    server.calls.includes('POST /v1/session/end') ? signedOut : sessionAnswer;
  server = await openPage('/accounts', answers);
  await userEvent.click(await screen.findByRole('button', { name: 'Sign out' }));
  expect(await screen.findByRole('heading', { name: 'You are signed out' })).toBeDefined();
});

test('an unknown address is said to be one, inside the navigation', async () => {
  server = await openPage('/nowhere', workspaceAnswers);
  expect(await screen.findByRole('heading', { name: 'Page not found' })).toBeDefined();
  expect(screen.getByRole('navigation', { name: 'Main' })).toBeDefined();
});
