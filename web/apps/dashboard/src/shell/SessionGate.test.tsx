// @vitest-environment happy-dom
import { onlineManager } from '@tanstack/react-query';
import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test } from 'vitest';

import { session, workspaceAnswers } from '../testing/answers';
import { problem, type Answers, type ApiServer } from '../testing/api-server';
import { closePage, openPage } from '../testing/open-page';

let server: ApiServer;
const sessionAnswer = { body: session };
const signedOut = problem(401, 'No session.', 'Sign in.');

afterEach(() => closePage(server));

test('without a session the page shows how to get a sign-in link', async () => {
  server = await openPage('/accounts', { 'GET /v1/session': signedOut });
  expect(await screen.findByRole('heading', { name: 'You are signed out' })).toBeDefined();
  expect(screen.getByText('./keepwell sign-in')).toBeDefined();
  expect(document.title).toBe('Signed out · Keepwell');
});

test('a member with a password signs in with it', async () => {
  const answers: Answers = { ...workspaceAnswers, 'POST /v1/sign-in': { status: 204 } };
  answers['GET /v1/session'] = () => (server.calls.includes('POST /v1/sign-in') ? sessionAnswer : signedOut);
  server = await openPage('/accounts', answers);
  await userEvent.type(await screen.findByLabelText('E-mail'), 'ada@example.org');
  await userEvent.type(screen.getByLabelText('Password'), 'correct horse battery');
  await userEvent.click(screen.getByRole('button', { name: 'Sign in' }));
  expect(await screen.findByRole('heading', { name: 'Accounts' })).toBeDefined();
});

test('a wrong password is refused with the reason, and what was typed stays', async () => {
  const refused = problem(401, 'The e-mail or the password is wrong.', 'Try again.');
  server = await openPage('/', { 'GET /v1/session': signedOut, 'POST /v1/sign-in': refused });
  await userEvent.type(await screen.findByLabelText('E-mail'), 'ada@example.org');
  await userEvent.type(screen.getByLabelText('Password'), 'wrong horse battery{Enter}');
  expect((await screen.findByRole('alert')).textContent).toMatch(/password is wrong.*Try again/);
  expect(screen.getByDisplayValue('ada@example.org')).toBeDefined();
});

test('where mails are sent, a member has a link mailed, and the answer tells no more than the server does', async () => {
  const detail = 'If this is a member\u2019s e-mail, a link is on its way.';
  server = await openPage('/', {
    'GET /v1/session': signedOut,
    'GET /v1/sign-in-ways': { body: { password: true, mail: true, provider: true } },
    'POST /v1/sign-in-links': { status: 202, body: { detail } },
  });
  const form = within(await screen.findByRole('form', { name: 'Sign in by mail' }));
  await userEvent.type(form.getByLabelText('E-mail'), 'ada@example.org');
  await userEvent.click(form.getByRole('button', { name: 'Mail me a link' }));
  expect((await form.findByRole('status')).textContent).toBe(detail);
  expect(screen.getByRole('link', { name: /provider/ }).getAttribute('href')).toBe('/sign-in/oidc');
});

test('without a mail server no link by mail is offered', async () => {
  server = await openPage('/', {
    'GET /v1/session': signedOut,
    'GET /v1/sign-in-ways': { body: { password: true, mail: false, provider: false } },
  });
  expect(await screen.findByLabelText('Password')).toBeDefined();
  expect(screen.queryByRole('button', { name: 'Mail me a link' })).toBeNull();
});

test('without a network the pages still ask the server, which may be this machine', async () => {
  onlineManager.setOnline(false);
  try {
    server = await openPage('/accounts', workspaceAnswers);
    expect(await screen.findByText('First account')).toBeDefined();
  } finally {
    onlineManager.setOnline(true);
  }
});

test('a spent link is explained, with how to get another', async () => {
  server = await openPage('/link-spent', { 'GET /v1/session': signedOut });
  expect(await screen.findByText(/has already been used/)).toBeDefined();
  expect(screen.getByText('./keepwell sign-in')).toBeDefined();
});

test('a spent link leads to the overview if there is a session', async () => {
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

test('an unknown address shows the not-found page inside the navigation', async () => {
  server = await openPage('/nowhere', workspaceAnswers);
  expect(await screen.findByRole('heading', { name: 'Page not found' })).toBeDefined();
  expect(screen.getByRole('navigation', { name: 'Main' })).toBeDefined();
});
