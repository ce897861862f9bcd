import { AnnotationLabels, AnnotationLines } from './Annotations';
import { barsPath, MOST_WITH_GAPS, stackBars } from './core/bars';
import { fromTop } from './core/domain';
import { changesText } from './core/point-text';
import { summarizeBars } from './core/summary';
import { Plot } from './Plot';
import { seriesPlot, type SeriesChartProps } from './series-plot';

export interface BarChartProps extends SeriesChartProps {
  /** Counts have no ticks between whole numbers. */
  readonly whole?: boolean;
}

/** Bars that are stacked away from zero: gains above it, losses below. */
export function BarChart(props: BarChartProps) {
  const { points, series, annotations = [], whole = false } = props;
  const { domain, bars, unknown } = stackBars(series, whole);
  const plot = seriesPlot(props, domain, 'bands');
  const annotated = { annotations, points, lefts: plot.lefts };
  const zero = fromTop(0, domain);
  const className = points.length > MOST_WITH_GAPS ? undefined : 'chart-bars';
  const marks = (
    <>
      <path className="chart-unknown" d={barsPath(unknown)} />
      <AnnotationLines {...annotated} />
      {series.map((one, index) => (
        <path
          key={one.id}
          className={className}
          style={{ fill: one.color }}
          d={barsPath(bars[index] ?? [])}
        />
      ))}
      <line className="chart-zero" x1="0" x2="100" y1={zero} y2={zero} />
    </>
  );
  return (
    <Plot
      {...plot}
      summary={summarizeBars(props)}
      textOf={(index) => changesText(props, index)}
      marks={marks}
      words={<AnnotationLabels {...annotated} />}
    />
  );
}
