import { sign } from '@keepwell/api';
import { formatMoneyChange } from '@keepwell/ui';
import { useQuery } from '@tanstack/react-query';

import { movementsQuery } from '../queries/metrics';

export interface ExchangeRateShareProps {
  readonly from: string;
  readonly to: string;
}

/** How much of a change of MRR is the effect of exchange rates, and so nothing that customers did. */
export function ExchangeRateShare({ from, to }: ExchangeRateShareProps) {
  const { data } = useQuery(movementsQuery({ from, to, by: 'total' }));
  const fx = data?.periods[0]?.fx;
  if (data === undefined || fx === undefined || sign(fx) === 0) return null;
  return <span>{formatMoneyChange(fx, data.currency)} of it by exchange rates</span>;
}
