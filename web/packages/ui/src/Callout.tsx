import type { ReactNode } from 'react';

import { Icon } from './Icon';

export interface CalloutProps {
  readonly tone?: 'neutral' | 'warning' | 'negative';
  readonly title?: string;
  readonly children: ReactNode;
}

/** A note that affects how to read the figures next to it. */
export function Callout({ tone = 'neutral', title, children }: CalloutProps) {
  return (
    <div className={`callout callout-${tone}`} role="note">
      <Icon name={tone === 'neutral' ? 'info' : 'alert'} />
      <div>
        {title === undefined ? null : <p className="callout-title">{title}</p>}
        {children}
      </div>
    </div>
  );
}
