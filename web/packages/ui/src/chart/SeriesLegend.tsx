import { totalText } from './core/totals';
import type { ChartData } from './core/model';

/** The names of stacked bars, each with its exact sum, because there is no room for them at the bars. */
export function SeriesLegend({ series, format }: Omit<ChartData, 'points'>) {
  if (series.length < 2) return null;
  return (
    <ul className="chart-legend" aria-label="Legend">
      {series.map(({ id, label, color, values }) => (
        <li key={id}>
          <span className="chart-swatch" style={{ background: color }} />
          <span>{label}</span>
          <b>{totalText(values, format)}</b>
        </li>
      ))}
    </ul>
  );
}
