import { Icon, Section } from '@keepwell/ui';
import { useId, type ReactNode } from 'react';

import { useIsNarrow } from './use-is-narrow';

export interface RailPartProps {
  readonly title: string;
  readonly note?: ReactNode;
  readonly id?: string;
  /** Whether it is open on a phone before it is pressed. */
  readonly isOpenFirst?: boolean;
  readonly children: ReactNode;
}

/** A part of the rail. On a phone, where the rail comes before the timeline, it folds. */
export function RailPart({ title, note, id, isOpenFirst = false, children }: RailPartProps) {
  const isNarrow = useIsNarrow();
  const titleId = useId();
  if (!isNarrow) {
    return (
      <div id={id}>
        <Section title={title} note={note} isRuled>
          {children}
        </Section>
      </div>
    );
  }
  return (
    <section id={id} aria-labelledby={titleId}>
      <details className="rail-fold" open={isOpenFirst}>
        <summary>
          <h2 id={titleId}>{title}</h2>
          {note === undefined ? null : <span className="small cut">{note}</span>}
          <Icon name="chevron" />
        </summary>
        {children}
      </details>
    </section>
  );
}
