import { subtract, type MovementsReport } from '@keepwell/api';
import { addDays, formatDay, MoneyFigure, Stat, yearBefore } from '@keepwell/ui';
import { useQuery } from '@tanstack/react-query';

import { movementsQuery } from '../queries/metrics';
import { ExchangeRateShare } from './ExchangeRateShare';

/** MRR at the end of the day minus MRR at the end of the same day a year before. */
export function NetMovementStat({ on }: { readonly on: string }) {
  const since = yearBefore(on);
  const period = { from: addDays(since, 1), to: on };
  // The opening of a period is the MRR at the end of the day before it.
  const { data } = useQuery(movementsQuery({ ...period, by: 'total' }));
  return (
    <Stat label="Change over 12 months" figure={data === undefined ? '–' : <NetMovement movements={data} />}>
      {data === undefined ? null : (
        <>
          <span>Since {formatDay(since)}</span>
          <ExchangeRateShare {...period} />
          <span>Policy: {data.policy}</span>
        </>
      )}
    </Stat>
  );
}

function NetMovement({ movements: { periods, currency } }: { readonly movements: MovementsReport }) {
  const [period] = periods;
  if (period === undefined) return '–';
  const difference = subtract(period.closing, period.opening);
  return <MoneyFigure amount={difference} currency={currency} signDisplay="exceptZero" />;
}
