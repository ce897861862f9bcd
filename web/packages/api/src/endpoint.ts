import type { GenericSchema } from 'valibot';

/** An API call as a value: the request, and the schema of its response. */
export interface Endpoint<Answer> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Absolute path with its query string. */
  readonly path: string;
  /** Sent as a form if it is `URLSearchParams`, otherwise as JSON; without it, there is no body. */
  readonly body?: unknown;
  /** Of the parsed JSON; a response without a body (204) is `undefined`, and one that is not JSON is its text. */
  readonly schema: GenericSchema<unknown, Answer>;
}
