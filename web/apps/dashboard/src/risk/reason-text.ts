import type { Reason } from '@keepwell/api';
import { formatDay } from '@keepwell/ui';

/** A reason with its days as the reader writes them; the API has them as in "2026-11-24". */
export function reasonText({ text }: Reason): string {
  return text.replace(/\b\d{4}-\d{2}-\d{2}\b/g, (day) => formatDay(day));
}
