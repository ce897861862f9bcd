/** What a point shows when a pointer or a key reaches it. */

import { uiTexts } from '../../texts';
import { colorOf, detailsAt, toNumber, valueText, type ChartAnnotation, type ChartData } from './model';

export interface PointText {
  readonly title: string;
  readonly lines: readonly PointLine[];
}

export interface PointLine {
  readonly label: string;
  readonly text: string;
  readonly color?: string;
}

interface Annotated extends ChartData {
  readonly annotations?: readonly ChartAnnotation[];
}

/** Every value of a point, unknown ones named, and its annotations. */
export function pointText(data: Annotated, index: number): PointText {
  const { points, series, format } = data;
  const lines = series.map((one) => ({
    label: one.label,
    color: colorOf(one),
    text: valueText(one.values[index], format),
  }));
  return { title: points[index]?.label ?? '', lines: [...lines, ...annotationLines(data, index)] };
}

/** Like `pointText`, but only what happened: values of zero are left out. */
export function changesText(data: Annotated, index: number): PointText {
  const series = data.series.filter(({ values }) => toNumber(values[index]) !== 0);
  if (series.length > 0) return pointText({ ...data, series }, index);
  return {
    title: data.points[index]?.label ?? '',
    lines: [{ label: uiTexts().chart.nothingHappened, text: '' }, ...annotationLines(data, index)],
  };
}

function annotationLines({ points, annotations = [] }: Annotated, index: number): PointLine[] {
  return detailsAt(points[index]?.id, annotations).map((label) => ({ label, text: '' }));
}

/** The point as it is spoken. */
export function spokenText({ title, lines }: PointText): string {
  return [title, ...lines.map(({ label, text }) => `${label} ${text}`.trim())].join(', ');
}
