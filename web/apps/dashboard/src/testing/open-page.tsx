import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { cleanup, render } from '@testing-library/react';
import type { Window } from 'happy-dom';

import { createQueryClient } from '../queries/client';
import { createDashboardRouter } from '../router';
import { startApiServer, type Answers, type ApiServer } from './api-server';

/** Renders the whole dashboard at a path, with a real server that gives these answers. */
export async function openPage(path: string, answers: Answers): Promise<ApiServer> {
  const server = await startApiServer(answers);
  browser().happyDOM.setURL(server.origin + path);
  const queries = createQueryClient();
  render(
    <QueryClientProvider client={queries}>
      <RouterProvider router={createDashboardRouter(queries)} />
    </QueryClientProvider>,
  );
  return server;
}

/** Waits for pending calls, so that none is cut off, then unmounts the page and stops its server. */
export async function closePage(server: ApiServer): Promise<void> {
  await browser().happyDOM.waitUntilComplete();
  cleanup();
  await server.close();
}

function browser(): Window {
  return window as unknown as Window;
}
