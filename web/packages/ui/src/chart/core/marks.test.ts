import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { anySeries, anyValue, anyValues, numbersIn } from '../testing';
import { barsPath, stackBars } from './bars';
import { fitDomain } from './domain';
import { areaPath, dotsPath, lineEnd, linePath } from './lines';
import { toNumber, type ChartValue } from './model';
import type { WaterfallStep } from './step';
import { layWaterfall } from './waterfall';

function inside(path: string): void {
  for (const number of numbersIn(path)) expect(Number.isFinite(number)).toBe(true);
}

describe('lines', () => {
  const domain = fitDomain([0, 10]);

  test('an unknown value is a gap, and not zero', () => {
    expect(linePath([0, null, 10, 5], domain)).toBe('M0,100ZM66.67,0L100,50');
  });

  test('a value between gaps and the end of the line are dots', () => {
    expect(dotsPath([0, null, 10, null, 5, 5], domain)).toBe('M0 100h0M40 0h0M100 50h0');
  });

  test('one point is a dot in the middle', () => {
    expect(dotsPath([5], domain)).toBe('M50 50h0');
  });

  test('the label belongs to the last known value', () => {
    expect(lineEnd([0, 10, null], domain)).toEqual({ index: 1, left: 50, top: 0 });
    expect(lineEnd([null, null], domain)).toBeNull();
  });

  test('whatever the values are, no path contains a number that is not finite', () => {
    fc.assert(
      fc.property(anyValues, (values) => {
        const numbers = values.map(toNumber);
        const fitted = fitDomain(numbers, { zero: true });
        for (const draw of [linePath, areaPath, dotsPath]) inside(draw(numbers, fitted));
      }),
    );
  });

  test('3,000 points are one path', () => {
    const many = Array.from({ length: 3000 }, (_, index) => Math.sin(index / 50));
    expect(numbersIn(linePath(many, fitDomain(many)))).toHaveLength(6000);
  });
});

describe('bars', () => {
  const of = (id: string, ...values: ChartValue[]) => ({ id, label: id, color: 'red', values });

  test('gains are stacked above zero and losses below it', () => {
    const { bars, domain } = stackBars([of('new', '2'), of('more', '2'), of('churn', '-4')], false);
    expect([domain.low, domain.high]).toEqual([-4, 4]);
    expect(bars.map(([bar]) => [bar?.top, bar?.height])).toEqual([
      [25, 25],
      [0, 25],
      [50, 50],
    ]);
  });

  test('zero has no bar; an unknown value has a band', () => {
    const { bars, unknown } = stackBars([of('new', '0', null, '1')], false);
    expect(bars[0]).toHaveLength(1);
    expect(unknown.map(({ left }) => Math.round(left))).toEqual([44]);
  });

  test('thousands of bars are one path without gaps between them', () => {
    const values = Array.from({ length: 3000 }, () => '1' as const);
    const { bars } = stackBars([of('events', ...values)], true);
    const [first, second] = bars[0] ?? [];
    expect((first?.left ?? 0) + (first?.width ?? 0)).toBeCloseTo(second?.left ?? 0, 6);
    inside(barsPath(bars[0] ?? []));
  });

  test('whatever the values are, every bar lies in the chart', () => {
    fc.assert(
      fc.property(anySeries, (series) => {
        const { bars } = stackBars(series, false);
        for (const { left, width, top, height } of bars.flat()) {
          for (const number of [left, top, width, height]) expect(number).toBeGreaterThanOrEqual(0);
          expect(left + width).toBeLessThanOrEqual(100.001);
          expect(top + height).toBeLessThanOrEqual(100.01);
        }
      }),
    );
  });
});

describe('waterfall', () => {
  const step = (id: string, kind: WaterfallStep['kind'], amount: ChartValue): WaterfallStep => ({
    ...{ id, kind, amount },
    label: id,
    tick: id,
  });

  test('changes lead from level to level, and the sum is exact', () => {
    const { marks, unexplained } = layWaterfall([
      step('opening', 'level', '9007199254740993.10'),
      step('new', 'change', '0.20'),
      step('churn', 'change', '-0.10'),
      step('closing', 'level', '9007199254740993.20'),
    ]);
    expect(marks).toHaveLength(4);
    expect(unexplained).toBe('0.00');
  });

  test('what the changes do not explain is known to the cent', () => {
    const steps = [step('a', 'level', '10.00'), step('b', 'change', '5.00'), step('c', 'level', '14.99')];
    expect(layWaterfall(steps).unexplained).toBe('-0.01');
  });

  test('after an unknown change nothing is drawn until the next level', () => {
    const steps = [
      step('a', 'level', '10'),
      step('b', 'change', null),
      step('c', 'change', '5'),
      step('d', 'level', '20'),
    ];
    const { marks, unexplained } = layWaterfall(steps);
    expect(marks.map(({ box }) => box === null)).toEqual([false, true, true, false]);
    expect(unexplained).toBeNull();
  });

  test('whatever the amounts are, every mark lies in the chart', () => {
    const anyStep = fc.tuple(fc.constantFrom('level' as const, 'change' as const), anyValue);
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 10 }), (drawn) => {
        const steps = drawn.map(([kind, amount], index) => step(`${index}`, kind, amount));
        for (const { box } of layWaterfall(steps).marks) {
          if (box === null) continue;
          expect(box.top).toBeGreaterThanOrEqual(0);
          expect(box.top + box.height).toBeLessThanOrEqual(100.01);
        }
      }),
    );
  });
});
