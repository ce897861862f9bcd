import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { applyTheme, rememberedTheme } from '@keepwell/ui';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import '@keepwell/ui/styles.css';
import './dashboard.css';
import { createQueryClient } from './queries/client';
import { createDashboardRouter } from './router';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no element with the id "root"');

applyTheme(rememberedTheme(), document.documentElement);

createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={createQueryClient()}>
      <RouterProvider router={createDashboardRouter()} />
    </QueryClientProvider>
  </StrictMode>,
);
