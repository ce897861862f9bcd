import type { TimelineItem } from '@keepwell/api';

/** An item of a timeline without details; tests give those of its kind. */
export function timelineItem(
  changed: Partial<TimelineItem> & Pick<TimelineItem, 'kind' | 'type'>,
): TimelineItem {
  return {
    id: `${changed.kind}:${changed.day ?? ''}:${changed.type}`,
    day: '2024-12-30',
    at: null,
    amount: null,
    currency: null,
    subject_id: null,
    case: null,
    charge: null,
    contact: null,
    events: null,
    invoice: null,
    refund: null,
    score: null,
    signal: null,
    subscription: null,
    ...changed,
  };
}
