import type { GenericSchema } from 'valibot';

/** A call of the API as a value: what to ask, and the shape that the answer promises. */
export interface Endpoint<Answer> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Absolute path with its query string. */
  readonly path: string;
  /** A form where it is `URLSearchParams`, JSON otherwise; nothing is sent where it is left out. */
  readonly body?: unknown;
  /** An answer without a body (204) is `undefined`, and one that is not JSON is its text. */
  readonly schema: GenericSchema<unknown, Answer>;
}
