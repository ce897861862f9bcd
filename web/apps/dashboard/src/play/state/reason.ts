/** What an error says; errors of the browser's storage are named by their kind if they say nothing. */
export function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return cause.message === '' ? cause.name : cause.message;
}
