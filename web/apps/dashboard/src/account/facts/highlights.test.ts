import { expect, test } from 'vitest';

import { timelineItem } from '../../testing/timeline';
import { declinedCharge, declinedDays } from './highlights';

const charge = {
  decline_code: null,
  advice_code: null,
  invoice_id: 'i1',
  invoice_number: null,
  brand: null,
  last4: null,
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
