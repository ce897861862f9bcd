/** Search parameters as plain words in the URL, without the quotes that JSON would put around "123". */

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

/** A whole number above one, as a count of pages in the URL; undefined for all else, one being the default. */
export function parsePageCount(value: unknown): number | undefined {
  const count = Number(value);
  return Number.isInteger(count) && count > 1 && count <= 200 ? count : undefined;
}

/** The choice that the URL names; undefined where it names none of them. */
export function parseChoice<Id extends string>(value: unknown, choices: readonly Id[]): Id | undefined {
  return choices.find((choice) => choice === value);
}
