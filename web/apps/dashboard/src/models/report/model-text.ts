/** The figures of a model in words. */

import type { ChurnReportInterval, Figures, TrainedModel } from '@keepwell/api';
import { formatCount, formatDecimal } from '@keepwell/ui';

import { pairsRight } from '../../risk/pairs-right';
import { texts } from '../../texts';
import { decimalOf } from './curves';

export { of100 } from '../../risk/pairs-right';

const words = texts.models;

type Format = (value: number) => string;

/** A value with the range in which it likely lies. */
export function ranged({ value, low, high }: ChurnReportInterval, format: Format): string {
  return words.range(format(value), format(low), format(high));
}

export function likely({ low, high }: ChurnReportInterval, format: Format): string {
  return words.closer.likely(format(low), format(high));
}

/** A true minus, and no sign of what rounds to zero. */
export function score(places: number): Format {
  return (value) => formatDecimal(decimalOf(value), places);
}

/** A mean distance of shares, in points of a percentage. */
export function points(share: number): string {
  return words.reliability.points(formatDecimal((share * 100).toFixed(4) as `${number}`, 1));
}

/** The kind of model; none if too few accounts left to choose by, and unknown of a release that did not choose. */
export function kindOf({ rung, signal }: Pick<TrainedModel, 'rung' | 'signal'>): string {
  if (rung !== null) return words.rungs[rung];
  return signal === 'not_tested' ? words.noRung : texts.common.unknown;
}

type Judged = Pick<TrainedModel, 'evaluation' | 'signal'>;

/** Nothing of a test that is suspect: its figures look best of all. */
export function pairsText(model: Judged): string {
  if (model.signal === 'suspect') return texts.common.none;
  const pairs = pairsRight(model);
  return pairs === null ? texts.common.unknown : words.pairs(pairs.right, pairs.low, pairs.high);
}

/** Departures expected and happened. */
export function departuresText({ evaluation: { calibration, churned }, signal }: Judged): string {
  if (signal === 'suspect') return texts.common.none;
  if (calibration === null) return texts.common.unknown;
  return words.expectedLeft(formatCount(Math.round(calibration * churned)), formatCount(churned));
}

/** The calibration error beside that of a perfect model, and whether chance explains it. */
export function calibrationText({ calibration_error: found }: Pick<Figures, 'calibration_error'>): string {
  const { ece, perfect_mean: mean, perfect_high: high } = found;
  const { reliability } = words;
  const verdict = ece <= high ? reliability.within : reliability.beyond;
  return `${reliability.ece(points(ece), points(mean), points(high))} ${verdict}`;
}
