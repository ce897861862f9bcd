import { applyTheme, rememberedTheme } from '@keepwell/ui';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import '@keepwell/ui/styles.css';
import './handbook.css';
import { HandbookPage } from './HandbookPage';

const root = document.getElementById('root');
if (root === null) throw new Error('docs/index.html has no element with the id "root"');

applyTheme(rememberedTheme(), document.documentElement);

createRoot(root).render(
  <StrictMode>
    <HandbookPage />
  </StrictMode>,
);
