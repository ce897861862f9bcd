import { expect, test } from 'vitest';

import { alignedTo, courseOf } from './band';
import { series } from './testing';

test('levels follow the steps of the view, ratios its months', () => {
  const now = {
    bySteps: series({ mrr: '1.00', accounts: 1 }, { mrr: '2.00', accounts: 3 }),
    byMonths: series({ net: '0.9000' }, { net: null }, { net: '0.9500' }),
  };
  expect(courseOf('paying-accounts', now, null)).toEqual({
    id: 'paying-accounts',
    value: '3',
    earlier: null,
    course: ['1', '3'],
  });
  const before = { bySteps: now.bySteps, byMonths: series({ net: '0.8000' }) };
  expect(courseOf('nrr', now, before)).toEqual({
    id: 'nrr',
    value: '0.9500',
    earlier: '0.8000',
    course: ['0.9000', null, '0.9500'],
  });
});

test('an earlier course that is shorter or longer is compared from its end', () => {
  expect(alignedTo(3, ['a', 'b'])).toEqual([null, 'a', 'b']);
  expect(alignedTo(1, ['a', 'b'])).toEqual(['b']);
});
