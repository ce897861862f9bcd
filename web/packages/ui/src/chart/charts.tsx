/** The charts as pages use them: each in a figure of fixed height, and loaded on demand. */

import { lazy, Suspense, type ComponentProps } from 'react';

import { Skeleton } from '../Skeleton';
import { uiTexts } from '../texts';
import type { BarChartProps } from './BarChart';
import { ChartFrame } from './ChartFrame';
import type * as all from './drawn';
import type { HeatTableProps } from './HeatTable';
import type { IntervalDotsProps } from './IntervalDots';
import type { LineChartProps } from './LineChart';
import type { ReliabilityPlotProps } from './ReliabilityPlot';
import { SeriesLegend } from './SeriesLegend';
import type { WaterfallChartProps } from './WaterfallChart';

/** One of the charts of `drawn`. The import is the same each time, so it is loaded once. */
function drawn<Name extends keyof typeof all>(name: Name) {
  return lazy(async () => ({ default: (await import('./drawn'))[name] }));
}

const DrawnBars = drawn('BarChart');
const DrawnLines = drawn('LineChart');
const DrawnWaterfall = drawn('WaterfallChart');
const DrawnReliability = drawn('ReliabilityPlot');
const DrawnHeat = drawn('HeatTable');
const DrawnIntervals = drawn('IntervalDots');
const DrawnSparkline = drawn('Sparkline');

/** Bars that are stacked away from zero, such as gains and losses by month. */
export function BarChart(props: BarChartProps) {
  return (
    <ChartFrame label={props.label} legend={<SeriesLegend series={props.series} format={props.format} />}>
      <DrawnBars {...props} />
    </ChartFrame>
  );
}

/** Lines over time, with an earlier period dotted; optionally filled to zero. */
export function LineChart(props: LineChartProps) {
  return (
    <ChartFrame label={props.label}>
      <DrawnLines {...props} />
    </ChartFrame>
  );
}

/** How an amount became another. */
export function WaterfallChart(props: WaterfallChartProps) {
  return (
    <ChartFrame label={props.label}>
      <DrawnWaterfall {...props} />
    </ChartFrame>
  );
}

/** Predicted probabilities against observed shares. */
export function ReliabilityPlot(props: ReliabilityPlotProps) {
  return (
    <ChartFrame label={props.label}>
      <DrawnReliability {...props} />
    </ChartFrame>
  );
}

/** A table whose cells are shaded by value. */
export function HeatTable(props: HeatTableProps) {
  return (
    <Suspense
      fallback={<Skeleton label={uiTexts().loadingWhat.table} height={28 * (props.rows.length + 2)} />}
    >
      <DrawnHeat {...props} />
    </Suspense>
  );
}

/** Estimates with their intervals. */
export function IntervalDots(props: IntervalDotsProps) {
  return (
    <Suspense
      fallback={
        <Skeleton label={uiTexts().loadingWhat.estimates} height={44 * (props.intervals.length + 1)} />
      }
    >
      <DrawnIntervals {...props} />
    </Suspense>
  );
}

/** The course of a figure, beside it. */
export function Sparkline(props: ComponentProps<typeof all.Sparkline>) {
  return (
    <Suspense fallback={<span className="sparkline" />}>
      <DrawnSparkline {...props} />
    </Suspense>
  );
}
