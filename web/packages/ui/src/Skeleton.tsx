import { uiTexts } from './texts';

export interface SkeletonProps {
  /** What is being loaded, for screen readers. */
  readonly label: string;
  readonly lines?: number;
  /** A block of this many pixels instead of lines. */
  readonly height?: number;
}

const WIDTHS = ['92%', '78%', '85%', '64%'];

/** A placeholder for content that is loading. */
export function Skeleton({ label, lines = 3, height }: SkeletonProps) {
  return (
    <div className="skeleton" role="status" style={height === undefined ? undefined : { height }}>
      <span className="visually-hidden">{uiTexts().loading(label)}</span>
      {height === undefined ? (
        Array.from({ length: lines }, (_, line) => (
          <div key={line} className="skeleton-bar" style={{ width: WIDTHS[line % WIDTHS.length] }} />
        ))
      ) : (
        <div className="skeleton-bar skeleton-block" />
      )}
    </div>
  );
}
