import type { MrrReport } from '@keepwell/api';
import { Callout, Command, formatCount } from '@keepwell/ui';

import { useCommandSuffix } from '../shell/command-line';
import { texts } from '../texts';

/** Says which subscriptions the revenue lacks because there is no exchange rate for them. */
export function UnratedNote({ unrated }: Pick<MrrReport, 'unrated'>) {
  const suffix = useCommandSuffix();
  if (unrated.length === 0) return null;
  const words = texts.revenue.unrated;
  const counts = unrated.map(({ subscriptions, currency }) =>
    words.count(formatCount(subscriptions), subscriptions === 1, currency),
  );
  return (
    <Callout tone="warning" title={words.title(counts.join(words.and))}>
      <p>{words.detail}</p>
      <Command>{`./keepwell metrics rates import${suffix} rates.csv`}</Command>
    </Callout>
  );
}
