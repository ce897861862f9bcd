import type { GenericSchema } from 'valibot';

/** A call of the API as a value: what to ask, and the shape that the answer promises. */
export interface Endpoint<Answer> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Absolute path with its query string. */
  readonly path: string;
  /** Sent as a form if it is `URLSearchParams`, as JSON otherwise; no body if undefined. */
  readonly body?: unknown;
  /** An answer without a body (204) is `undefined`, and one that is not JSON is its text. */
  readonly schema: GenericSchema<unknown, Answer>;
}
