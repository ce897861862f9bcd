import * as v from 'valibot';

import { isDecimal, type Decimal } from './decimal';

/** Money that arrives as a number is refused: digits may already be lost. */
export const vDecimal = v.custom<Decimal>(
  (value) => typeof value === 'string' && isDecimal(value),
  'a decimal string',
);
