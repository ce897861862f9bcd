import * as v from 'valibot';

import type { Endpoint } from './endpoint';
import { currency } from './fields';

const sessionSchema = v.object({
  member: v.object({ id: v.string(), name: v.string() }),
  workspace: v.object({
    id: v.string(),
    name: v.string(),
    slug: v.string(),
    currency,
    synthetic: v.boolean(),
  }),
});

/** Who is signed in, and to which workspace. */
export type Session = v.InferOutput<typeof sessionSchema>;

export function getSession(): Endpoint<Session> {
  return { method: 'GET', path: '/v1/session', schema: sessionSchema };
}

export function endSession(): Endpoint<undefined> {
  return { method: 'POST', path: '/v1/session/end', schema: null };
}
