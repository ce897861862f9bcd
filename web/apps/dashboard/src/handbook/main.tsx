import { QueryClientProvider } from '@tanstack/react-query';
import { applyTheme, rememberedTheme } from '@keepwell/ui';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import '@keepwell/ui/styles.css';
import '../shell/shell.css';
import '../shell/page.css';
import './handbook.css';
import { createQueryClient } from '../queries/client';
import { HandbookPage } from './HandbookPage';

const root = document.getElementById('root');
if (root === null) throw new Error('docs/index.html has no element with the id "root"');

applyTheme(rememberedTheme(), document.documentElement);

createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={createQueryClient()}>
      <HandbookPage />
    </QueryClientProvider>
  </StrictMode>,
);
