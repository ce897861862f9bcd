import { expect, test } from 'vitest';

import { model } from '../../testing/answers';
import { calibrationText, departuresText, kindOf, pairsText, ranged, score } from './model-text';

test('a kind of model that was not kept is unknown, and with too few departures to choose by there is none', () => {
  expect(kindOf({ rung: 'rfm', signal: 'found' })).toBe('RFM logistic regression');
  expect(kindOf({ rung: null, signal: 'found' })).toBe('unknown');
  expect(kindOf({ rung: null, signal: 'not_tested' })).toBe('none');
});

test('what an older evaluation did not measure is unknown, not zero', () => {
  const evaluation = { ...model.evaluation, auc: null, calibration: null };
  expect(pairsText({ ...model, evaluation })).toBe('unknown');
  expect(departuresText({ ...model, evaluation })).toBe('unknown');
  expect(departuresText(model)).toBe('33, 30');
});

test('a calibration error beyond the 95th percentile of a perfect model is worse than chance explains', () => {
  const error = { ece: 0.0123, perfect_mean: 0.008, perfect_high: 0.0123 };
  expect(calibrationText({ calibration_error: error })).toMatch(/1\.2 points.*0\.8 points.*no worse/u);
  expect(calibrationText({ calibration_error: { ...error, ece: 0.0124 } })).toMatch(/is worse than chance/u);
});

test('a range has a true minus', () => {
  expect(ranged({ value: 0.0023, low: -0.0047, high: 0.0086 }, score(4))).toBe('0.0023 (−0.0047 to 0.0086)');
});
