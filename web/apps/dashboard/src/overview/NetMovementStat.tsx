import { subtract, type MovementsReport } from '@keepwell/api';
import { formatDay, MoneyFigure, Stat } from '@keepwell/ui';
import { useQuery } from '@tanstack/react-query';

import { movementsQuery } from '../queries/metrics';
import { lastTwelveMonths } from './movement-bars';

/** The total change over the twelve months of the chart: closing minus opening. */
export function NetMovementStat({ on }: { readonly on: string }) {
  const { data } = useQuery(movementsQuery(lastTwelveMonths(on)));
  return (
    <Stat label="Change over 12 months" figure={data === undefined ? '–' : <NetMovement movements={data} />}>
      {data === undefined ? null : (
        <>
          <span>Since {formatDay(data.from)}</span>
          <span>Policy: {data.policy}</span>
        </>
      )}
    </Stat>
  );
}

function NetMovement({ movements: { periods, currency } }: { readonly movements: MovementsReport }) {
  const [first, last] = [periods[0], periods.at(-1)];
  if (first === undefined || last === undefined) return '–';
  const difference = subtract(last.closing, first.opening);
  return <MoneyFigure amount={difference} currency={currency} signDisplay="exceptZero" />;
}
