/** A written number with the word for what it counts: "1 contact", "2,000 contacts". The plural has an s, unless it is given. */
export function counted(count: string | number, singular: string, plural = `${singular}s`): string {
  return `${count} ${String(count) === '1' ? singular : plural}`;
}

/** About how many a month, in whole ones; less than half a one is not none. */
export function aMonth(count: string, singular: string, plural?: string): string {
  return count === '0'
    ? `fewer than one ${singular} a month`
    : `about ${counted(count, singular, plural)} a month`;
}
