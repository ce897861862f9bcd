import * as v from 'valibot';

import { isDecimal, type Decimal } from './decimal';

/** Rejects money that arrives as a number, since digits may already be lost. */
export const vDecimal = v.custom<Decimal>(
  (value) => typeof value === 'string' && isDecimal(value),
  'a decimal string',
);
