import { expect, test } from 'vitest';

import { comparedWith, monthsAfter, movedTo, stepLabel, stepTick, viewTo, viewLabel } from './periods';

const TODAY = '2026-11-29';

test.each([
  ['day', '2026-10-31'],
  ['week', '2026-08-31'],
  ['month', '2025-12-01'],
  ['quarter', '2025-01-01'],
  ['year', '2022-01-01'],
] as const)('a view by %s ends today and begins with a whole step', (by, from) => {
  expect(viewTo(by, TODAY)).toEqual({ from, to: TODAY });
});

test('the same view a year before ends exactly twelve months before', () => {
  expect(comparedWith('month', viewTo('month', TODAY), 'year')).toEqual({
    from: '2024-12-01',
    to: '2025-11-29',
  });
});

test('weeks are compared with weeks, and days with as many days', () => {
  expect(comparedWith('week', viewTo('week', TODAY), 'year')).toEqual({
    from: '2025-09-01',
    to: '2025-11-30',
  });
  expect(comparedWith('day', viewTo('day', TODAY), 'previous')).toEqual({
    from: '2026-10-01',
    to: '2026-10-30',
  });
  expect(comparedWith('quarter', viewTo('quarter', TODAY), 'previous')).toEqual({
    from: '2023-01-01',
    to: '2024-11-29',
  });
  expect(comparedWith('month', viewTo('month', TODAY), 'off')).toBeNull();
});

test('the last day of a month stays the last day', () => {
  expect(monthsAfter('2026-02-28', -12)).toBe('2025-02-28');
  expect(monthsAfter('2025-02-28', -12)).toBe('2024-02-29');
  expect(monthsAfter('2026-03-31', -1)).toBe('2026-02-28');
  expect(monthsAfter('2026-03-30', -1)).toBe('2026-02-28');
});

test('the arrows move by a view: back to the day before it, forward at most to today', () => {
  const view = viewTo('month', TODAY);
  expect(movedTo('month', view, 1, TODAY)).toBeNull();
  const earlier = movedTo('month', view, -1, TODAY);
  expect(earlier).toBe('2025-11-30');
  expect(movedTo('month', viewTo('month', '2025-11-30'), 1, TODAY)).toBe(TODAY);
  expect(movedTo('month', viewTo('month', '2024-06-15'), 1, TODAY)).toBe('2024-06-30');
  expect(movedTo('week', viewTo('week', '2026-06-07'), 1, TODAY)).toBe('2026-09-06');
});

test('steps are named for sentences and for an axis', () => {
  expect(stepLabel('week', '2026-11-29')).toBe('week of Nov 23, 2026');
  expect([stepLabel('quarter', '2026-09-30'), stepTick('quarter', '2026-09-30')]).toEqual([
    'Q3 2026',
    'Q3 26',
  ]);
  expect(viewLabel('month', viewTo('month', TODAY))).toBe('Dec 2025 to Nov 2026');
  expect(viewLabel('year', viewTo('year', TODAY))).toBe('2022 to 2026');
});

test('a view does not move to days that the address cannot name', () => {
  const view = viewTo('year', '1972-06-30');
  expect(movedTo('year', view, -1, '2026-11-30')).toBeNull();
});
