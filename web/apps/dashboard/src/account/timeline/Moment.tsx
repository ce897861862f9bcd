import { Icon } from '@keepwell/ui';
import type { ReactNode } from 'react';

import type { Sentence } from './sentence-parts';

export interface MomentProps {
  readonly when: ReactNode;
  readonly sentence: Sentence;
}

/** One line of the timeline: when, what, and the money that it moved. */
export function Moment({ when, sentence }: MomentProps) {
  const { icon, tone, what, rest, sub, amount, isStrong = tone !== undefined } = sentence;
  return (
    <li className={tone === undefined ? 'moment' : `moment moment-${tone}`}>
      <span className="moment-when">{when}</span>
      <Icon name={icon} />
      <span className="moment-what">
        <span className={isStrong ? 'strong' : undefined}>{what}</span>
        {rest === undefined ? null : (
          <>
            , <bdi>{rest}</bdi>
          </>
        )}
        {sub === undefined ? null : (
          <span className="moment-sub">
            <bdi>{sub}</bdi>
          </span>
        )}
      </span>
      {amount === undefined ? null : <span className="number">{amount}</span>}
    </li>
  );
}
