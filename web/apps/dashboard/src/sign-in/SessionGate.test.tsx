// @vitest-environment happy-dom
import type { SessionView } from '@keepwell/api';
import { onlineManager } from '@tanstack/react-query';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, test } from 'vitest';

import { SECOND_ACCOUNT_ID, session, workspaceAnswers } from '../testing/answers';
import { problem, type Answers, type ApiServer } from '../testing/api-server';
import { isCommand } from '../testing/command';
import { closePage, openPage } from '../testing/open-page';

let server: ApiServer;
const sessionAnswer = { body: session };
const signedOut = problem(401, 'No session.', 'Sign in.');

afterEach(() => closePage(server));

test('without a session the page asks to sign in, and says how to print a link', async () => {
  server = await openPage('/accounts', { 'GET /v1/session': signedOut });
  expect(await screen.findByRole('heading', { name: 'Sign in to Keepwell' })).toBeDefined();
  expect(screen.getByText(isCommand('./keepwell sign-in'))).toBeDefined();
  await waitFor(() => {
    expect(document.title).toBe('Sign in · Keepwell');
  });
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
  const refused = {
    status: 401,
    body: { title: 'Unauthorized', status: 401, code: 'wrong-password', hint: '9 attempts are left.' },
  };
  server = await openPage('/', { 'GET /v1/session': signedOut, 'POST /v1/sign-in': refused });
  await userEvent.type(await screen.findByLabelText('E-mail'), 'ada@example.org');
  await userEvent.type(screen.getByLabelText('Password'), 'wrong horse battery{Enter}');
  expect((await screen.findByRole('alert')).textContent).toMatch(/do not match.*9 attempts/);
  expect(screen.getByDisplayValue('ada@example.org')).toBeDefined();
  expect(screen.getByLabelText('Password')).toHaveProperty('value', 'wrong horse battery');
});

test('where mails are sent, a member has a link mailed, and the answer tells no more than the server does', async () => {
  const detail = 'If this is a member\u2019s e-mail, a link is on its way.';
  server = await openPage('/', {
    'GET /v1/session': signedOut,
    'GET /v1/sign-in-ways': { body: { password: true, mail: true, provider: true } },
    'POST /v1/sign-in-links': { status: 202, body: { detail } },
  });
  const button = await screen.findByRole('button', { name: 'Mail me a link instead' });
  await userEvent.click(button);
  expect(screen.getByRole('alert').textContent).toMatch(/Enter the e-mail/);
  await userEvent.type(screen.getByLabelText('E-mail'), 'ada@example.org');
  await userEvent.click(button);
  expect((await screen.findByRole('status')).textContent).toContain(detail);
  expect(screen.getByText(isCommand('./keepwell sign-in --email ada@example.org'))).toBeDefined();
});

test('without a mail server no link by mail is offered', async () => {
  server = await openPage('/', {
    'GET /v1/session': signedOut,
    'GET /v1/sign-in-ways': { body: { password: true, mail: false, provider: false } },
  });
  expect(await screen.findByLabelText('Password')).toBeDefined();
  expect(screen.queryByRole('button', { name: 'Mail me a link instead' })).toBeNull();
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
  expect(await screen.findByText(/has been used/)).toBeDefined();
  expect(screen.getByText(isCommand('./keepwell sign-in'))).toBeDefined();
});

test('a spent link leads to the start page if there is a session', async () => {
  server = await openPage('/link-spent', workspaceAnswers);
  expect(await screen.findByRole('heading', { name: 'Today' })).toBeDefined();
});

test('a provider leads back to the address that the visitor came for', async () => {
  server = await openPage('/accounts?status=active', {
    'GET /v1/session': signedOut,
    'GET /v1/sign-in-ways': { body: { password: true, mail: false, provider: true } },
  });
  const link = await screen.findByRole('link', { name: 'Continue with your provider' });
  expect(link.getAttribute('href')).toBe('/sign-in/oidc?return_to=%2Faccounts%3Fstatus%3Dactive');
});

test('after too many attempts the page says when the next one is possible, and refuses until then', async () => {
  const limited = {
    ...problem(429, 'More than 10 in 900 seconds (password).', 'Wait.'),
    headers: { 'Retry-After': '80' },
  };
  server = await openPage('/', { 'GET /v1/session': signedOut, 'POST /v1/sign-in': limited });
  await userEvent.type(await screen.findByLabelText('E-mail'), 'ada@example.org');
  await userEvent.type(screen.getByLabelText('Password'), 'wrong horse battery{Enter}');
  expect((await screen.findByRole('alert')).textContent).toMatch(/Too many attempts.*in (80|7\d) seconds/);
  expect(screen.getByRole('button', { name: 'Sign in' })).toHaveProperty('disabled', true);
});

describe('a session that ends while a form is open', () => {
  const withEmail = {
    ...session,
    member: { ...session.member, email: 'ada@example.org' },
    has_password: false,
  };
  let isSignedIn = true;

  async function typedWithoutSession(next: SessionView) {
    let shown: SessionView = withEmail;
    isSignedIn = true;
    const answers: Answers = {
      ...workspaceAnswers,
      'GET /v1/session': () => (isSignedIn ? { body: shown } : signedOut),
      'PUT /v1/session/password': () => (isSignedIn ? { status: 204 } : signedOut),
      'POST /v1/sign-in': () => {
        isSignedIn = true;
        shown = next;
        return { status: 204 };
      },
    };
    server = await openPage('/set-password', answers);
    await userEvent.type(await screen.findByLabelText('New password'), 'half a sentence');
    isSignedIn = false;
    await userEvent.click(screen.getByRole('button', { name: 'Set password' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Your session has ended' }));
    expect(screen.getByLabelText('New password')).toHaveProperty('value', 'half a sentence');
    expect(await dialog.findByLabelText('E-mail')).toHaveProperty('value', 'ada@example.org');
    await userEvent.type(dialog.getByLabelText('Password'), 'correct horse battery');
    await userEvent.click(dialog.getByRole('button', { name: 'Sign in' }));
    await waitFor(() => {
      expect(screen.queryByRole('dialog')).toBeNull();
    });
  }

  test('is asked for over the page, which keeps what was typed', async () => {
    await typedWithoutSession(withEmail);
    expect(screen.getByLabelText('New password')).toHaveProperty('value', 'half a sentence');
    await userEvent.click(screen.getByRole('button', { name: 'Set password' }));
    expect(await screen.findByText(/Your password is set/)).toBeDefined();
  });

  test('leaves nothing of it to another member who signs in', async () => {
    await typedWithoutSession({ ...withEmail, member: { ...withEmail.member, id: SECOND_ACCOUNT_ID } });
    expect(await screen.findByLabelText('New password')).toHaveProperty('value', '');
  });
});

test('a member without an e-mail reads how to get one instead of a form', async () => {
  server = await openPage('/set-password', workspaceAnswers);
  expect(await screen.findByText(/A password goes with an e-mail/)).toBeDefined();
  expect(screen.queryByLabelText('New password')).toBeNull();
});

test('a forgotten password is left out, so that the server decides by how recent the sign-in is', async () => {
  const member = { ...session.member, email: 'ada@example.org' };
  server = await openPage('/set-password', {
    ...workspaceAnswers,
    'GET /v1/session': { body: { ...session, member } },
    'PUT /v1/session/password': problem(403, 'Only right after signing in.', 'Sign in again.'),
  });
  expect(await screen.findByLabelText('Current password')).toBeDefined();
  await userEvent.type(screen.getByLabelText('New password'), 'four words or so');
  await userEvent.click(screen.getByRole('button', { name: 'Set password' }));
  expect((await screen.findByRole('alert')).textContent).toMatch(/right after signing in.*Sign in again/);
  expect(screen.getByLabelText('New password')).toHaveProperty('value', 'four words or so');
});

test('signing out ends the session on the server', async () => {
  const answers: Answers = { ...workspaceAnswers, 'POST /v1/session/end': { status: 204 } };
  answers['GET /v1/session'] = () =>
    server.calls.includes('POST /v1/session/end') ? signedOut : sessionAnswer;
  server = await openPage('/accounts', answers);
  const [signOut] = await screen.findAllByText('Sign out');
  if (signOut !== undefined) await userEvent.click(signOut);
  expect(await screen.findByRole('heading', { name: 'Sign in to Keepwell' })).toBeDefined();
});

test('an unknown address shows the not-found page inside the navigation', async () => {
  server = await openPage('/nowhere', workspaceAnswers);
  expect(await screen.findByRole('heading', { name: 'There is no page at this address' })).toBeDefined();
  expect(screen.getAllByRole('navigation', { name: 'Main' })).not.toEqual([]);
});
