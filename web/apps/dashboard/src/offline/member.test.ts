// @vitest-environment happy-dom
import type { SessionView } from '@keepwell/api';
import { QueryClient } from '@tanstack/react-query';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { session } from '../testing/answers';
import { forgetReader } from './browser/reader';
import { startOffline } from './member';
import { queriesTable, SESSION_KEY } from './shared';

const KEY = ['account', 'a1'];
const analyst: SessionView = { ...session, permissions: ['holdout', 'read'] };

beforeEach(forgetReader);
afterEach(forgetReader);

test('what was read by a role that is lowered is neither on screen nor on disk any more', async () => {
  const client = new QueryClient();
  const erased = vi.spyOn(queriesTable(), 'clear');
  await startOffline(client, () => undefined);
  client.setQueryData(SESSION_KEY, analyst);
  client.setQueryData(KEY, { risk: { is_held: true } });
  client.setQueryData(SESSION_KEY, { ...analyst, has_password: !analyst.has_password });
  expect(client.getQueryData(KEY)).toBeDefined();
  expect(erased).not.toHaveBeenCalled();
  client.setQueryData(SESSION_KEY, { ...analyst, permissions: ['read'] });
  expect(client.getQueryData(KEY)).toBeUndefined();
  expect(erased).toHaveBeenCalledOnce();
});
