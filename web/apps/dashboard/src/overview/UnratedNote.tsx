import type { MrrReport } from '@keepwell/api';
import { Callout, Command, formatCount } from '@keepwell/ui';

/** Says which subscriptions the revenue lacks because there is no exchange rate for them. */
export function UnratedNote({ unrated }: Pick<MrrReport, 'unrated'>) {
  if (unrated.length === 0) return null;
  const counts = unrated.map(
    ({ subscriptions, currency }) =>
      `${formatCount(subscriptions)} ${subscriptions === 1 ? 'subscription' : 'subscriptions'} in ${currency}`,
  );
  return (
    <Callout tone="warning" title={`Without ${counts.join(' and ')}`}>
      <p>There is no exchange rate for their first day. Import rates, then run the same import again:</p>
      <Command>./keepwell metrics rates import rates.csv</Command>
    </Callout>
  );
}
