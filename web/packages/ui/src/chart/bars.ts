/** The content of a bar chart, independent of how it is drawn. */

export interface BarSeries {
  readonly id: string;
  readonly label: string;
  /** A colour token, such as `var(--series-new)`. */
  readonly color: string;
}

export interface BarValue {
  /** The bar's length. */
  readonly plot: number;
  /** The exact value, as text. */
  readonly text: string;
}

export interface BarGroup {
  readonly id: string;
  readonly label: string;
  readonly tick: string;
  readonly values: Readonly<Record<string, BarValue>>;
}

export interface BarsProps {
  /** What the chart shows, announced when it gets the focus. */
  readonly label: string;
  readonly series: readonly BarSeries[];
  readonly groups: readonly BarGroup[];
  readonly formatAxis: (value: number) => string;
}

/** True if no bar has any length; then a message is better than an empty chart. */
export function isFlat(groups: readonly BarGroup[]): boolean {
  return groups.every((group) => Object.values(group.values).every((value) => value.plot === 0));
}

const MOST_TICKS = 5;

/** How many ticks the axis gets: few counts get one tick each, so that no tick is a fraction. */
export function tickCount(groups: readonly BarGroup[]): number {
  const lengths = groups.map(({ values }) => {
    const plots = Object.values(values).map(({ plot }) => plot);
    return Math.max(sum(plots.filter((plot) => plot > 0)), -sum(plots.filter((plot) => plot < 0)));
  });
  return Math.min(MOST_TICKS, Math.ceil(Math.max(1, ...lengths)) + 1);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** The values of a group that are not zero, for its tooltip. */
export function presentValues(series: readonly BarSeries[], group: BarGroup): [BarSeries, BarValue][] {
  return series.flatMap((one): [BarSeries, BarValue][] => {
    const value = group.values[one.id];
    return value === undefined || value.plot === 0 ? [] : [[one, value]];
  });
}
