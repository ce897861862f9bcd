import { lazy, Suspense } from 'react';

import { useFigure } from './use-figure';
import type { PageFigures } from './use-period';

const Loaded = lazy(async () => ({ default: (await import('./FigureSheet')).FigureSheet }));

/** The sheets, for a page whose first load should not carry them: they come with the first one that is opened. */
export function LazyFigureSheet(page: PageFigures) {
  const { figure } = useFigure();
  if (figure === null) return null;
  return (
    <Suspense>
      <Loaded {...page} />
    </Suspense>
  );
}
