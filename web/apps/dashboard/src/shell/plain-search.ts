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
