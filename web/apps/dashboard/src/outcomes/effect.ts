import type { ArmFigures, Bounds, Decimal, Experiment } from '@keepwell/api';
import { formatDecimal, formatProbability, type Interval } from '@keepwell/ui';

import { texts } from '../texts';

const words = texts.outcomes;
const HALF = 0.5;

/** A change of the share that leaves, in points: as many fewer left as more stayed. */
function leaving({ value, low, high }: Bounds): Bounds {
  return { value: -value, low: -high, high: -low };
}

function points(share: number): Decimal {
  return (share * 100).toFixed(1) as Decimal;
}

/** "8.7 fewer": a change without its sign, which the words say. */
export function pointsText(share: number): string {
  const size = points(Math.abs(share));
  const text = formatDecimal(size, 1);
  if (size === '0.0') return text;
  return share < 0 ? words.fewer(text) : words.more(text);
}

/** Both intervals of an effect on one axis: for one look, and for a look every month. */
export function intervalsOf({
  stayed,
  always_valid,
}: Pick<Experiment, 'stayed' | 'always_valid'>): Interval[] {
  return [
    { id: 'once', label: words.looks.once, bounds: stayed },
    { id: 'monthly', label: words.looks.monthly, bounds: always_valid },
  ].flatMap(({ id, label, bounds }) => {
    if (bounds === null) return [];
    const { value, low, high } = leaving(bounds);
    const text = words.span(pointsText(value), pointsText(low), pointsText(high));
    return [{ id, label, value: points(value), low: points(low), high: points(high), text }];
  });
}

/** The share left alone in words. */
export function shareText(share: number | null): string {
  if (share === null) return words.shares.unknown;
  if (share === 0) return words.shares.nobody;
  return share === HALF ? words.shares.half : words.shares.of(formatProbability(share));
}

/** The share of an arm that left, from 0 to 1; null while no case has ended. */
export function leftShare({ left, cases }: ArmFigures): number | null {
  return cases === 0 ? null : left / cases;
}
