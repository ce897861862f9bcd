import type { ReactNode } from 'react';

import { Icon } from './Icon';

export interface StatProps {
  readonly label: string;
  readonly figure: ReactNode;
  readonly children?: ReactNode;
}

/** One figure with its label and what it is based on. Goes into a `StatRow`. */
export function Stat({ label, figure, children }: StatProps) {
  return (
    <div className="card stat">
      <dt className="stat-label">{label}</dt>
      <dd className="stat-figure">{figure}</dd>
      {children === undefined ? null : <dd className="stat-detail">{children}</dd>}
    </div>
  );
}

export function StatRow({ children }: { readonly children: ReactNode }) {
  return (
    <div className="stat-row">
      <dl className="stat-grid">{children}</dl>
    </div>
  );
}

export interface ChangeProps {
  readonly direction: -1 | 0 | 1;
  readonly children: ReactNode;
}

/** A rise or fall. The arrow and the sign show it; the colour only repeats it. */
export function Change({ direction, children }: ChangeProps) {
  if (direction === 0) return <span className="change">{children}</span>;
  return (
    <span className={direction > 0 ? 'change change-up' : 'change change-down'}>
      <Icon name={direction > 0 ? 'up' : 'down'} />
      {children}
    </span>
  );
}
