/**
 * React keys for a list of events, newest first. They stay the same when newer events arrive in front, so the elements
 * that are on the page are kept: equal events are numbered from the oldest.
 */
export function eventKeys(events: readonly object[]): readonly string[] {
  const seen = new Map<string, number>();
  return events
    .toReversed()
    .map((event) => {
      const text = JSON.stringify(event);
      const repeats = seen.get(text) ?? 0;
      seen.set(text, repeats + 1);
      return `${text} ${repeats}`;
    })
    .toReversed();
}
