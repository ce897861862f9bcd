// @vitest-environment happy-dom
import type { Window } from 'happy-dom';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';

import { followLinks } from './links';

const said: string[] = [];
const followed: string[] = [];

function follow(address: string): void {
  const link = Object.assign(document.createElement('a'), { href: address });
  document.body.append(link);
  link.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }));
}

beforeAll(() => {
  (window as unknown as Window).happyDOM.setURL('https://name.example/keepwell/');
  followLinks('/keepwell/', (text) => said.push(text));
  document.addEventListener('click', (event) => {
    if (event.target instanceof HTMLAnchorElement) followed.push(new URL(event.target.href).pathname);
    event.preventDefault();
  });
});

beforeEach(() => {
  said.length = 0;
  followed.length = 0;
});

afterEach(() => {
  document.body.replaceChildren();
});

test('a download that is not recorded is said to be no part of the demo, and not followed', async () => {
  vi.spyOn(window, 'fetch').mockResolvedValue(new Response('', { status: 403 }));
  follow('/v1/accounts.csv');
  await vi.waitFor(() => {
    expect(said).toEqual(['This file is not part of the static demo.']);
  });
  expect(followed).toEqual([]);
});

test('a recorded download is saved under its name', async () => {
  vi.spyOn(window, 'fetch').mockResolvedValue(new Response('a,b'));
  vi.spyOn(URL, 'createObjectURL').mockReturnValue('blob:saved');
  const clicked = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockReturnValue();
  follow('/v1/accounts.csv?sort=name');
  await vi.waitFor(() => {
    expect(clicked).toHaveBeenCalledOnce();
  });
  expect(clicked.mock.contexts[0]).toMatchObject({ href: 'blob:saved', download: 'accounts.csv' });
  expect(said).toEqual([]);
});

test('another page of the build is looked for below the base', () => {
  follow('/docs');
  expect(followed).toEqual(['/keepwell/docs']);
});

test('a link of the router is left alone', () => {
  follow('/keepwell/accounts');
  expect(followed).toEqual(['/keepwell/accounts']);
});
