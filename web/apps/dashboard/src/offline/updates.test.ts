// @vitest-environment happy-dom
import { renderHook, waitFor } from '@testing-library/react';
import { expect, test, vi } from 'vitest';

import { useUpdate, watchUpdates } from './updates';

test('a page reloads at once if another tab has changed to the newer release already', async () => {
  const worker = {
    state: 'installed',
    postMessage: (_message: unknown, [port]: readonly MessagePort[] = []) => {
      port?.postMessage(false);
    },
  };
  const serviceWorker = {
    controller: {},
    addEventListener: () => undefined,
    register: () => Promise.resolve({ waiting: worker, addEventListener: () => undefined }),
  };
  vi.stubGlobal('navigator', { serviceWorker });
  const reload = vi.spyOn(window.location, 'reload').mockReturnValue(undefined);
  watchUpdates();
  const { result } = renderHook(useUpdate);
  await waitFor(() => {
    expect(result.current.update).toBe('ready');
  });
  worker.state = 'activated';
  result.current.reload();
  expect(reload).toHaveBeenCalledOnce();
});
