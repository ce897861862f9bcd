/** What a point shows when a pointer or a key reaches it. */

import { colorOf, toNumber, valueText, type ChartData } from './model';

export interface PointText {
  readonly title: string;
  readonly lines: readonly PointLine[];
}

export interface PointLine {
  readonly label: string;
  readonly text: string;
  readonly color?: string;
}

/** Every value of a point; unknown ones are named. */
export function pointText({ points, series, format }: ChartData, index: number): PointText {
  const lines = series.map((one) => ({
    label: one.label,
    color: colorOf(one),
    text: valueText(one.values[index], format),
  }));
  return { title: points[index]?.label ?? '', lines };
}

/** Like `pointText`, but only what happened: values of zero are left out. */
export function changesText(data: ChartData, index: number): PointText {
  const series = data.series.filter(({ values }) => toNumber(values[index]) !== 0);
  if (series.length > 0) return pointText({ ...data, series }, index);
  return { title: data.points[index]?.label ?? '', lines: [{ label: 'Nothing happened', text: '' }] };
}

/** The point as it is spoken. */
export function spokenText({ title, lines }: PointText): string {
  return [title, ...lines.map(({ label, text }) => `${label} ${text}`.trim())].join(', ');
}
