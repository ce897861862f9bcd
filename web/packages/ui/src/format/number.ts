import type { Decimal } from '@keepwell/api';

/** A true minus, which is as wide as a plus and never breaks from its number. */
export function withTrueMinus(text: string): string {
  return text.replace('-', '\u2212');
}

/** A count with the separators of the reader's locale. */
export function formatCount(count: number): string {
  return new Intl.NumberFormat().format(count);
}

/** A change of a count, with its sign unless it is zero. */
export function formatCountChange(change: number): string {
  return withTrueMinus(new Intl.NumberFormat(undefined, { signDisplay: 'exceptZero' }).format(change));
}

/** A probability as a percentage: whole, but with one decimal place below 10%. */
export function formatProbability(probability: number): string {
  const places = probability > 0 && probability < 0.1 ? 1 : 0;
  const options = { style: 'percent', minimumFractionDigits: places, maximumFractionDigits: places } as const;
  return new Intl.NumberFormat(undefined, options).format(probability);
}

/** A model's score between 0 and 1, with two places. */
export function formatScore(score: number, places = 2): string {
  return score.toFixed(places);
}

/** An exact ratio as a percentage, such as "92.6%". */
export function formatRatio(ratio: Decimal, places = 1): string {
  return withTrueMinus(percentFormat(places).format(ratio));
}

/** The difference of two ratios in points of a percentage, with its sign and without a unit: "+1.9". */
export function formatPoints(difference: Decimal, places = 1): string {
  const parts = percentFormat(places, { signDisplay: 'exceptZero' }).formatToParts(difference);
  const shown = parts.filter(({ type }) => type !== 'percentSign' && type !== 'literal');
  return withTrueMinus(shown.map(({ value }) => value).join(''));
}

/** An exact number without a unit. */
export function formatDecimal(
  value: Decimal,
  places = 2,
  options: Pick<Intl.NumberFormatOptions, 'signDisplay'> = {},
): string {
  return withTrueMinus(new Intl.NumberFormat(undefined, { ...fractionOf(places), ...options }).format(value));
}

function percentFormat(places: number, options: Intl.NumberFormatOptions = {}): Intl.NumberFormat {
  return new Intl.NumberFormat(undefined, { style: 'percent', ...fractionOf(places), ...options });
}

/** What rounds to zero has no sign. */
function fractionOf(places: number) {
  return {
    minimumFractionDigits: places,
    maximumFractionDigits: places,
    signDisplay: 'negative',
  } as const;
}
