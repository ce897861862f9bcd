import { expect, test } from 'vitest';

import { model } from '../testing/answers';
import { pairsRight } from './pairs-right';

test('an evaluation that measured nothing has no pairs', () => {
  const { evaluation } = model;
  expect(pairsRight({ ...model, evaluation: { ...evaluation, auc: null } })).toBeNull();
});

test('a test that is suspect has none either, however many it ranked right', () => {
  expect(pairsRight({ ...model, signal: 'suspect' })).toBeNull();
});
