import { AnnotationLabels, AnnotationLines } from './Annotations';
import { fitDomain } from './core/domain';
import { areaPath, dotsPath, lineEnd, linePath } from './core/lines';
import { colorOf, toNumber, valueText, type ChartSeries, type FormatValue } from './core/model';
import { pointText } from './core/point-text';
import { spreadLabels } from './core/positions';
import { summarizeLines } from './core/summary';
import { Plot } from './Plot';
import { seriesPlot, type SeriesChartProps } from './series-plot';

export interface LineChartProps extends SeriesChartProps {
  /** Fills the area between the lines and zero, which the axis then contains. */
  readonly area?: boolean;
  /** Writes the value beside the end of a line, shorter than the point itself has it. */
  readonly formatEnd?: FormatValue;
}

interface Line extends ChartSeries {
  readonly numbers: readonly (number | null)[];
}

/** Lines over time, each labelled at its end; an earlier period is dotted. */
export function LineChart(props: LineChartProps) {
  const { points, series, annotations = [], area = false, formatEnd = props.format } = props;
  const lines = series.map((one) => ({ ...one, numbers: one.values.map(toNumber) }));
  const domain = fitDomain(
    lines.flatMap(({ numbers }) => numbers),
    { zero: area },
  );
  const plot = seriesPlot(props, domain, 'edges');
  const annotated = { annotations, points, lefts: plot.lefts };
  const marks = (
    <>
      <AnnotationLines {...annotated} />
      {area
        ? lines.map((line) => <Area key={line.id} line={line} path={areaPath(line.numbers, domain)} />)
        : null}
      {lines.map((line) => (
        <path
          key={line.id}
          className={line.earlier === true ? 'chart-line chart-line-earlier' : 'chart-line'}
          style={{ stroke: colorOf(line) }}
          d={linePath(line.numbers, domain)}
        />
      ))}
      {lines.map((line) => (
        <path
          key={line.id}
          className="chart-line-dots"
          style={{ stroke: colorOf(line) }}
          d={dotsPath(line.numbers, domain)}
        />
      ))}
    </>
  );
  return (
    <Plot
      {...plot}
      summary={summarizeLines(props)}
      textOf={(index) => pointText(props, index)}
      marks={marks}
      words={<AnnotationLabels {...annotated} />}
      ends={<Ends lines={lines} {...{ domain, format: formatEnd }} />}
    />
  );
}

function Area({ line, path }: { readonly line: Line; readonly path: string }) {
  return line.earlier === true ? null : (
    <path className="chart-fill" style={{ fill: colorOf(line) }} d={path} />
  );
}

/** Two lines of text, as a part of the chart's height in percent. */
const END_LABEL_HEIGHT = 15;

type EndsProps = Pick<SeriesChartProps, 'format'> & {
  readonly lines: readonly Line[];
  readonly domain: ReturnType<typeof fitDomain>;
};

/** Other colours are told apart as marks, but are too light for words. */
function isMain({ color, earlier }: Line): boolean {
  return color === 'var(--accent)' && earlier !== true;
}

/** The last known value of each line, beside its end. */
function Ends({ lines, domain, format }: EndsProps) {
  const ends = lines.flatMap((line) => {
    const end = lineEnd(line.numbers, domain);
    return end === null ? [] : [{ line, end }];
  });
  const tops = spreadLabels(
    ends.map(({ end }) => end.top),
    END_LABEL_HEIGHT,
  );
  return ends.map(({ line, end }, index) => (
    <span key={line.id} className="chart-end" style={{ top: `${tops[index] ?? 0}%` }}>
      <b style={isMain(line) ? { color: line.color } : undefined}>
        {valueText(line.values[end.index], format)}
      </b>
      {isMain(line) || line.earlier === true ? null : (
        <span className="chart-swatch" style={{ background: line.color }} />
      )}
      {line.label}
    </span>
  ));
}
