import { layIntervals, type Interval, type IntervalMark } from './core/intervals';

export interface IntervalDotsProps {
  /** What is estimated. */
  readonly label: string;
  /** The heads of the columns: what the rows are (null if they say it themselves), and what is estimated about them. */
  readonly heads: readonly [string | null, string];
  readonly intervals: readonly Interval[];
  /** The value that means no effect. */
  readonly noEffect?: number;
  /** What the axis says there. */
  readonly noEffectLabel?: string;
  /** Opens the rows behind an estimate. */
  readonly onOpen?: (intervalId: string) => void;
}

/** Estimates as a table: each row has its interval drawn and in words. One that contains no effect is hollow. */
export function IntervalDots(props: IntervalDotsProps) {
  const { label, heads, intervals, noEffect = 0, noEffectLabel = 'no effect', onOpen } = props;
  const { marks, noEffect: noEffectLeft } = layIntervals(intervals, noEffect);
  return (
    <table className="intervals" aria-label={label}>
      <thead>
        <tr>
          {heads[0] === null ? <td /> : <th scope="col">{heads[0]}</th>}
          <td aria-hidden="true">
            <span style={{ left: `${noEffectLeft}%` }}>{noEffectLabel}</span>
          </td>
          <th scope="col">{heads[1]}</th>
        </tr>
      </thead>
      <tbody>
        {marks.map((mark) => (
          <tr key={mark.interval.id}>
            <th scope="row">
              <RowLabel interval={mark.interval} onOpen={onOpen} />
            </th>
            <td aria-hidden="true">
              <Dot mark={mark} noEffect={noEffectLeft} />
            </td>
            <td>{mark.interval.text}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface RowLabelProps {
  readonly interval: Interval;
  readonly onOpen: IntervalDotsProps['onOpen'];
}

function RowLabel({ interval: { id, label }, onOpen }: RowLabelProps) {
  if (onOpen === undefined) return label;
  return (
    <button
      type="button"
      className="intervals-open"
      onClick={() => {
        onOpen(id);
      }}
    >
      {label}
    </button>
  );
}

interface DotProps {
  readonly mark: IntervalMark;
  readonly noEffect: number;
}

function Dot({ mark: { place, isUnsure }, noEffect }: DotProps) {
  return (
    <svg
      className={isUnsure ? 'interval interval-unsure' : 'interval'}
      viewBox="0 0 100 28"
      preserveAspectRatio="none"
      focusable="false"
    >
      <line className="interval-axis" x1="0" x2="100" y1="14" y2="14" />
      <line className="interval-no-effect" x1={noEffect} x2={noEffect} y1="0" y2="28" />
      {place === null ? null : (
        <>
          <line className="interval-span" x1={place.low} x2={place.high} y1="14" y2="14" />
          <path className="interval-end" d={`M${place.low} 9v10M${place.high} 9v10`} />
          <path className="interval-dot" d={`M${place.value} 14h0`} />
          {isUnsure ? <path className="interval-hole" d={`M${place.value} 14h0`} /> : null}
        </>
      )}
    </svg>
  );
}
