import { Suspense, type ReactNode } from 'react';

import { Skeleton } from '../Skeleton';
import { uiTexts } from '../texts';

export interface ChartFrameProps {
  /** What the chart shows: the name of the figure. */
  readonly label: string;
  /** Labels that the chart itself has no place for. */
  readonly legend?: ReactNode;
  readonly children: ReactNode;
}

/** A figure that is as tall while its chart is loading as afterwards. */
export function ChartFrame({ label, legend, children }: ChartFrameProps) {
  return (
    <figure className="chart" aria-label={label}>
      {legend}
      <div className="chart-body">
        <Suspense fallback={<Skeleton label={uiTexts().loadingWhat.chart} height={260} />}>
          {children}
        </Suspense>
      </div>
    </figure>
  );
}
