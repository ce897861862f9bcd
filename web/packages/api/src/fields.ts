import * as v from 'valibot';

import { isDecimal, type Decimal } from './decimal';

/** Shapes of single fields that several resources share. */

export const decimal = v.custom<Decimal>(
  (value) => typeof value === 'string' && isDecimal(value),
  'a decimal string',
);

/** A day, `YYYY-MM-DD`, in UTC. */
export const day = v.pipe(v.string(), v.isoDate());

/** A moment in RFC 3339. */
export const moment = v.string();

/** An ISO 4217 code. */
export const currency = v.pipe(v.string(), v.length(3));

export const probability = v.pipe(v.number(), v.minValue(0), v.maxValue(1));

export const churnKind = v.picklist(['voluntary', 'involuntary']);
export type ChurnKind = v.InferOutput<typeof churnKind>;

/** Why an account is at risk: a stable code and the sentence to show. */
export const reason = v.object({ code: v.string(), text: v.string() });
export type Reason = v.InferOutput<typeof reason>;

/** The opaque cursor of the next page; null on the last one. */
export const nextCursor = v.nullable(v.string());
