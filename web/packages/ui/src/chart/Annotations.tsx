import type { ChartAnnotation, ChartPoint } from './core/model';

export interface AnnotationsProps {
  readonly annotations: readonly ChartAnnotation[];
  readonly points: readonly ChartPoint[];
  /** Where the points lie, in percent from the left. */
  readonly lefts: readonly number[];
}

/** The lines of annotations. Those of points outside the period are left out. */
export function AnnotationLines(props: AnnotationsProps) {
  return placed(props).map(({ label, left }) => (
    <line key={label} className="chart-annotation-line" x1={left} x2={left} y1="0" y2="100" />
  ));
}

/** Their labels, each moved back by as much of its width as of the chart's, so that none leaves the chart. */
export function AnnotationLabels(props: AnnotationsProps) {
  return placed(props).map(({ label, left }) => (
    <span
      key={label}
      className="chart-annotation"
      style={{ left: `${left}%`, transform: `translateX(-${left}%)` }}
    >
      {label}
    </span>
  ));
}

function placed({ annotations, points, lefts }: AnnotationsProps) {
  return annotations.flatMap(({ pointId, label }) => {
    const left = lefts[points.findIndex(({ id }) => id === pointId)];
    return left === undefined ? [] : [{ label, left }];
  });
}
