import { expect, test } from 'vitest';

import { model } from '../testing/answers';
import { pairsRight } from './pairs-right';

test('an evaluation that measured nothing has no pairs', () => {
  const { evaluation } = model;
  expect(pairsRight({ ...evaluation, auc: null })).toBeNull();
});
