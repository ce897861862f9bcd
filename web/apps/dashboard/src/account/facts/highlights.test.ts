import type { ScoreDetails } from '@keepwell/api';
import { expect, test } from 'vitest';

import { timelineItem } from '../../testing/timeline';
import { declinedCharge, declinedDays, scoresOf } from './highlights';

const charge = {
  decline_code: null,
  advice_code: null,
  invoice_id: 'i1',
  invoice_number: null,
  brand: null,
  last4: null,
};
const score: ScoreDetails = {
  version: 1,
  probability: 0.2,
  probability_before: null,
  kind: 'voluntary',
  reasons: [],
  is_held: false,
  has_signal: true,
  label: 'subscription',
};
const tried = (day: string, type: 'failed' | 'succeeded') =>
  timelineItem({ kind: 'charge', type, day, charge });

test('the tries of one invoice are one trouble, which began with the first', () => {
  expect(declinedDays([tried('2024-12-09', 'failed'), tried('2024-12-05', 'failed')])).toEqual([
    '2024-12-05',
  ]);
});

test('a card that was declined is no longer what is wrong once a charge went through', () => {
  const failed = tried('2024-12-05', 'failed');
  expect(declinedCharge([failed])).toBe(failed);
  expect(declinedCharge([tried('2024-12-09', 'succeeded'), failed])).toBeNull();
});

test('the last score is that of the newest list, also if it was too little news for the timeline', () => {
  const scored = (day: string, probability: number) =>
    timelineItem({ kind: 'score', type: 'scored', day, score: { ...score, probability } });
  const highlights = [scored('2024-12-05', 0.3), scored('2024-11-01', 0.2)];
  expect(scoresOf(highlights, { probability: 0.33, scored_at: '2024-12-05T09:00:00Z' })).toEqual([
    { day: '2024-11-01', probability: 0.2 },
    { day: '2024-12-05', probability: 0.33 },
  ]);
  expect(scoresOf(highlights, { probability: 0.33, scored_at: '2024-12-06T02:00:00Z' }).at(-1)).toEqual({
    day: '2024-12-06',
    probability: 0.33,
  });
  expect(scoresOf(highlights, null).at(-1)?.probability).toBe(0.3);
});
