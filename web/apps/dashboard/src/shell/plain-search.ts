/** Search parameters as plain text in the URL, without the quotes that JSON would put around "123". */

export function parsePlainSearch(search: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(search));
}

export function writePlainSearch(values: Record<string, unknown>): string {
  const present = Object.entries(values).flatMap(([name, value]) =>
    typeof value === 'string' || typeof value === 'number' ? [[name, String(value)]] : [],
  );
  const written = new URLSearchParams(present).toString();
  return written === '' ? '' : `?${written}`;
}

/** The number of pages in the URL, if it is a whole number above one; undefined otherwise, since one is the default. */
export function parsePageCount(value: unknown): number | undefined {
  const count = Number(value);
  return Number.isInteger(count) && count > 1 && count <= 200 ? count : undefined;
}

/** The choice that the URL names; undefined if it names none of them. */
export function parseChoice<Id extends string>(value: unknown, choices: readonly Id[]): Id | undefined {
  return choices.find((choice) => choice === value);
}
