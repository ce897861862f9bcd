import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { applyTheme, rememberedTheme, setUiTexts } from '@keepwell/ui';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import '@keepwell/ui/styles.css';
import './dashboard.css';
import { createLive } from './live';
import { sendWaitingWrites, startOffline, watchUpdates } from './offline';
import { createQueryClient } from './queries/client';
import { createDashboardRouter } from './router';
import { texts } from './texts';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no element with the id "root"');

applyTheme(rememberedTheme(), document.documentElement);
setUiTexts(texts.ui);

const client = createQueryClient();
const live = createLive(client, { onReturn: sendWaitingWrites });

await startOffline(client, (isSignedIn) => {
  live.stop();
  if (isSignedIn) live.start();
});

createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <RouterProvider router={createDashboardRouter(client)} />
    </QueryClientProvider>
  </StrictMode>,
);

if (import.meta.env.PROD) watchUpdates();
