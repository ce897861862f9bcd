import type { ReactNode } from 'react';

import { Command } from './Command';
import { Icon, type IconName } from './Icon';

export interface EmptyStateProps {
  readonly title: string;
  readonly children?: ReactNode;
  readonly icon?: IconName;
  /** The next command to run. */
  readonly command?: string;
  readonly action?: ReactNode;
}

/** Says that there is nothing here yet, and what to do about it. */
export function EmptyState({ title, children, icon = 'inbox', command, action }: EmptyStateProps) {
  return (
    <div className="state">
      <Icon name={icon} />
      <p className="state-title">{title}</p>
      {children === undefined ? null : <p className="state-text">{children}</p>}
      {command === undefined ? null : (
        <div className="state-action">
          <Command>{command}</Command>
        </div>
      )}
      {action === undefined ? null : <div className="state-action">{action}</div>}
    </div>
  );
}
