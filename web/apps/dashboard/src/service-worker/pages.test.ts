import { expect, test } from 'vitest';

import { isPage, newestPage } from './pages';

const page = (status: number) => new Response(String(status), { status });
const sources = {
  ask: () => Promise.resolve(page(200)),
  kept: (): Promise<Response | undefined> => Promise.resolve(new Response('kept')),
  patience: () => new Promise<void>(() => undefined),
};

async function text(changed: Partial<typeof sources>): Promise<string> {
  return (await newestPage({ ...sources, ...changed })).text();
}

test('the pages of the dashboard are served, and nothing that the server answers itself', () => {
  for (const path of ['/', '/accounts', '/accounts/a1', '/link-spent', '/documents'])
    expect(isPage(path)).toBe(true);
  for (const path of [
    '/v1/session',
    '/docs',
    '/docs/',
    '/sign-in',
    '/sign-in/oidc',
    '/pocket/',
    '/openapi.json',
  ])
    expect(isPage(path)).toBe(false);
});

test('the newest page is taken from the server', async () => {
  expect(await text({})).toBe('200');
  expect(await text({ ask: () => Promise.resolve(page(500)) })).toBe('500');
});

test('the kept page opens where the server is away, its proxy says so, or it takes too long', async () => {
  expect(await text({ ask: () => Promise.reject(new TypeError('refused')) })).toBe('kept');
  expect(await text({ ask: () => Promise.resolve(page(502)) })).toBe('kept');
  expect(await text({ ask: () => new Promise(() => undefined), patience: () => Promise.resolve() })).toBe(
    'kept',
  );
});

test('without a kept page, a slow server is waited for', async () => {
  const none = () => Promise.resolve(undefined);
  expect(await text({ kept: none, patience: () => Promise.resolve() })).toBe('200');
});
