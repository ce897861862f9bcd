import type { Permission } from '@keepwell/api';
import { EmptyState } from '@keepwell/ui';
import type { ReactNode } from 'react';

import { texts } from '../texts';
import { useMay, useSession } from './session';

export interface OnlyIfMayProps {
  readonly permission: Permission;
  readonly children: ReactNode;
}

/** Shows the page to those who may see it, and everybody else why they may not. */
export function OnlyIfMay({ permission, children }: OnlyIfMayProps) {
  const { member } = useSession();
  const { title, detail, roles } = texts.common.refusal;
  if (useMay(permission)) return children;
  return (
    <EmptyState title={title} icon="key">
      {detail(roles[member.role])}
    </EmptyState>
  );
}
