// @vitest-environment happy-dom
import { afterEach, expect, test } from 'vitest';

import { forgetDrafts, keepDraft, readDraft } from './drafts';

afterEach(() => {
  sessionStorage.clear();
});

test('a draft is read as it was kept, and is gone when it is forgotten', () => {
  keepDraft('form', { version: 3, fields: { name: 'Half' } });
  expect(readDraft('form')).toEqual({ version: 3, fields: { name: 'Half' } });
  keepDraft('form', null);
  expect(readDraft('form')).toBeNull();
});

test('signing out forgets all drafts and nothing else', () => {
  keepDraft('form', { version: null, fields: {} });
  sessionStorage.setItem('other', 'stays');
  forgetDrafts();
  expect(readDraft('form')).toBeNull();
  expect(sessionStorage.getItem('other')).toBe('stays');
});

test('what is no draft is none', () => {
  for (const kept of ['{', '7', '{"fields":null,"version":1}', '{"fields":{},"version":"1"}']) {
    sessionStorage.setItem('keepwell.draft.form', kept);
    expect(readDraft('form')).toBeNull();
  }
});

test('a browser that denies its storage has no drafts and fails nothing', () => {
  const denied = () => {
    throw new DOMException('denied', 'SecurityError');
  };
  expect(readDraft('form', denied)).toBeNull();
  keepDraft('form', { version: 1, fields: {} }, denied);
  forgetDrafts(denied);
});
