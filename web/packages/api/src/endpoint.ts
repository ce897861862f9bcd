import type { GenericSchema } from 'valibot';

/** A call of the API as a value: what to ask, and the shape that the answer promises. */
export interface Endpoint<Answer> {
  readonly method: 'GET' | 'POST';
  /** Absolute path with its query string. */
  readonly path: string;
  /** Null where the answer has no body (204). */
  readonly schema: GenericSchema<unknown, Answer> | null;
}

export type QueryValues = Readonly<Record<string, string | number | null | undefined>>;

/** The path with the values that are set; absent and empty ones are left out, so the server's defaults hold. */
export function withQuery(path: string, values: QueryValues): string {
  const present = Object.entries(values).flatMap(([name, value]) =>
    value === undefined || value === null || value === '' ? [] : [[name, String(value)]],
  );
  return present.length === 0 ? path : `${path}?${new URLSearchParams(present).toString()}`;
}
