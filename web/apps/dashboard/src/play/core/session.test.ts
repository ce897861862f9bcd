import type { PyodideAPI } from 'pyodide';
import { beforeEach, expect, test } from 'vitest';

import { describeFile, Session } from './session';

/** Python that counts the objects which JavaScript holds. */
class Python {
  held = 0;
  isBroken = false;

  toPy = () => this.proxy({});

  pyimport = () =>
    this.proxy({
      Session: { begin: this.open, restore: this.open, watch: this.open },
      describe: this.describe,
    });

  private readonly open = () => {
    if (this.isBroken) throw new Error('The save is damaged.');
    return this.proxy({ order: () => undefined });
  };

  private readonly describe = () => {
    if (this.isBroken) throw new Error('This is not a Bulwark save.');
    return '{}';
  };

  private proxy<Content extends object>(content: Content) {
    this.held += 1;
    return {
      ...content,
      destroy: () => {
        this.held -= 1;
      },
    };
  }
}

let python: Python;
let api: PyodideAPI;
const bytes = Uint8Array.of(1);
const opening = { map: '', name: '', seed: 1, difficulty: 1, save: bytes, replay: bytes };

beforeEach(() => {
  python = new Python();
  api = python as unknown as PyodideAPI;
});

test.each([
  ['start', () => Session.start(api, opening)],
  ['restore', () => Session.restore(api, opening)],
  ['watch', () => Session.watch(api, opening)],
])('a match that was opened and closed leaves nothing in the memory of Python: %s', (_, open) => {
  const session = open();
  session.command([1, 2]);
  session.close();
  expect(python.held).toBe(0);
});

test('a file that Python refuses leaves nothing there either', () => {
  python.isBroken = true;
  expect(() => Session.restore(api, opening)).toThrow('damaged');
  expect(() => Session.watch(api, opening)).toThrow('damaged');
  expect(() => describeFile(api, { file: bytes, maps: [] })).toThrow('not a Bulwark save');
  expect(python.held).toBe(0);
});
