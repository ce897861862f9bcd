import type { PointText } from './core/point-text';

export interface PointTipProps {
  /** Where the point lies, in percent from the left. */
  readonly left: number;
  readonly text: PointText;
}

/** The values of a point, beside it. Assistive technology gets the same words from the chart itself. */
export function PointTip({ left, text: { title, lines } }: PointTipProps) {
  return (
    <div
      className="chart-tip"
      style={{ left: `${left}%`, transform: `translateX(-${left}%)` }}
      aria-hidden="true"
    >
      <p className="chart-tip-title">{title}</p>
      <dl>
        {lines.map(({ label, text, color }) => (
          <div key={label}>
            <dt>
              {color === undefined ? null : <span className="chart-swatch" style={{ background: color }} />}
              {label}
            </dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
