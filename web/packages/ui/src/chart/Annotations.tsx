import type { ChartAnnotation, ChartPoint } from './core/model';
import { labelLines } from './core/positions';

export interface AnnotationsProps {
  readonly annotations: readonly ChartAnnotation[];
  readonly points: readonly ChartPoint[];
  /** Where the points lie, in percent from the left. */
  readonly lefts: readonly number[];
}

/** The lines of annotations. Those of points outside the period are left out. */
export function AnnotationLines(props: AnnotationsProps) {
  return placed(props).map(({ label, left }) => (
    <line key={`${left} ${label}`} className="chart-annotation-line" x1={left} x2={left} y1="0" y2="100" />
  ));
}

/**
 * Their labels, each moved back by as much of its width as of the chart's, so that none leaves the chart. Labels that are near
 * each other are under each other. The point itself has the words for which there is no line left.
 */
export function AnnotationLabels(props: AnnotationsProps) {
  const labels = placed(props);
  const lines = labelLines(labels.map(({ left }) => left));
  return labels.map(({ label, left }, index) => {
    const line = lines[index] ?? null;
    return line === null ? null : (
      <span
        key={`${left} ${label}`}
        className="chart-annotation"
        style={{ left: `${left}%`, top: `${line}lh`, transform: `translateX(-${left}%)` }}
      >
        {label}
      </span>
    );
  });
}

function placed({ annotations, points, lefts }: AnnotationsProps) {
  return annotations.flatMap(({ pointId, label }) => {
    const left = lefts[points.findIndex(({ id }) => id === pointId)];
    return left === undefined ? [] : [{ label, left }];
  });
}
