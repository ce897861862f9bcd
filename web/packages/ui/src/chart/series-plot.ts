import { tickLabels, type Domain } from './core/domain';
import type { ChartAnnotation, ChartData, FormatTick } from './core/model';
import { positionsOf, tickIndexes, type Spacing } from './core/positions';

/** What charts of series over points have in common. */
export interface SeriesChartProps extends ChartData {
  /** What the chart shows. */
  readonly label: string;
  readonly formatTick: FormatTick;
  readonly annotations?: readonly ChartAnnotation[];
  /** Opens the rows behind a point. */
  readonly onOpen?: (pointId: string) => void;
}

/** The parts of a `Plot` that follow from the points and the domain. */
export function seriesPlot(props: SeriesChartProps, domain: Domain, spacing: Spacing) {
  const { label, points, formatTick, onOpen } = props;
  const lefts = positionsOf(points.length, spacing);
  const xTicks = tickIndexes(points.length).map(({ index, room }) => ({
    left: lefts[index] ?? 0,
    label: points[index]?.tick ?? '',
    room,
  }));
  const open = (index: number) => {
    const point = points[index];
    if (point !== undefined) onOpen?.(point.id);
  };
  return {
    label,
    domain,
    yTicks: tickLabels(domain.ticks, formatTick),
    xTicks,
    lefts,
    onOpen: onOpen === undefined ? undefined : open,
  };
}
