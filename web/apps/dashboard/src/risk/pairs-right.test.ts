import { expect, test } from 'vitest';

import { model } from '../testing/answers';
import { of100, pairsRight } from './pairs-right';

test('an evaluation that measured nothing has no pairs', () => {
  const { evaluation } = model;
  expect(pairsRight({ ...model, evaluation: { ...evaluation, auc: null } })).toBeNull();
});

test('a test that is suspect has none either, however many it ranked right', () => {
  expect(pairsRight({ ...model, signal: 'suspect' })).toBeNull();
});

test('halves go up, as in the statement of the model, also where the float lies a little below', () => {
  expect(of100(0.925)).toBe('93');
  expect(of100(0.285)).toBe('29');
});
