import { formatClock } from '@keepwell/ui';

import { useLiveStatus } from '../../live';
import { texts } from '../../texts';

/** Whether the figures follow the server, and of when they are if they do not. */
export function LiveStatus() {
  const { state, heardAt } = useLiveStatus();
  const { live, asking, offline, offlineSinceStart, connecting } = texts.offline;
  const time = heardAt === null ? null : formatClock(new Date(heardAt));
  const said = {
    starting: connecting,
    live: live(time ?? ''),
    asking,
    offline: time === null ? offlineSinceStart : offline(time),
  }[state];
  return (
    <p className="side-live" title={said}>
      <span className={`live-dot live-dot-${state}`} />
      <span className="side-text cut">{said}</span>
    </p>
  );
}
