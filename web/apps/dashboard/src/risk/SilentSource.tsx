import type { SaveList } from '@keepwell/api';
import { Callout, Command, formatDay } from '@keepwell/ui';

import { texts } from '../texts';

const words = texts.saveList.silence;

export interface SilentSourceProps {
  readonly silence: SaveList['silence'];
  readonly asOf: SaveList['as_of'];
}

/** Why the list does not get newer: a source sends nothing, and what happened since is unknown. */
export function SilentSource({ silence, asOf }: SilentSourceProps) {
  if (silence === null || asOf === null) return null;
  return (
    <Callout tone="warning" title={words.title(formatDay(asOf))}>
      <p>{silence.statement}</p>
      {silence.source === 'subscriptions' ? null : (
        <div className="muted">
          {words.without} <Command>{`./keepwell churn train --without ${silence.source}`}</Command>
        </div>
      )}
    </Callout>
  );
}
