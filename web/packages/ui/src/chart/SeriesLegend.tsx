import { uiTexts } from '../texts';
import { totalText } from './core/totals';
import type { ChartData } from './core/model';

/** The names of stacked bars, each with its exact sum, because there is no room for them at the bars. */
export function SeriesLegend({ series, format }: Omit<ChartData, 'points'>) {
  if (series.length < 2) return null;
  return (
    <ul className="chart-legend" aria-label={uiTexts().chart.legend}>
      {series.map((one) => (
        <li key={one.id}>
          <span className="chart-swatch" style={{ background: one.color }} />
          <span>{one.label}</span>
          <b>{totalText(one, format)}</b>
        </li>
      ))}
    </ul>
  );
}
