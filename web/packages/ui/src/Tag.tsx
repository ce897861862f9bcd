import type { ReactNode } from 'react';

export type TagTone = 'neutral' | 'positive' | 'warning' | 'negative';

/** A word about the state of something. */
export function Tag({
  tone = 'neutral',
  children,
}: {
  readonly tone?: TagTone;
  readonly children: ReactNode;
}) {
  return <span className={`tag tag-${tone}`}>{children}</span>;
}
