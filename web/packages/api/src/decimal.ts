/**
 * Exact arithmetic on the API's decimal strings. Money never passes through a float: every number is held as
 * whole units of its last digit in a BigInt.
 */

/** A decimal number written out, such as "1283540.00" or "-12.5". `Intl.NumberFormat` formats it exactly. */
export type Decimal = `${number}`;

interface Scaled {
  readonly units: bigint;
  readonly scale: number;
}

const PATTERN = /^-?\d+(\.\d+)?$/;

export function isDecimal(text: string): text is Decimal {
  return PATTERN.test(text);
}

/** The sum, with as many places as the longest term. An empty list sums to "0". */
export function sum(terms: readonly Decimal[]): Decimal {
  const parsed = terms.map(parse);
  const scale = Math.max(0, ...parsed.map((term) => term.scale));
  const units = parsed.reduce((total, term) => total + rescale(term, scale), 0n);
  return write({ units, scale });
}

export function subtract(from: Decimal, amount: Decimal): Decimal {
  return sum([from, negate(amount)]);
}

export function negate(value: Decimal): Decimal {
  const { units, scale } = parse(value);
  return write({ units: -units, scale });
}

/** -1, 0 or 1. */
export function sign(value: Decimal): -1 | 0 | 1 {
  const { units } = parse(value);
  if (units === 0n) return 0;
  return units < 0n ? -1 : 1;
}

/**
 * (to - from) / |from|, rounded half away from zero to `places`; null if `from` is zero, because a change
 * from nothing has no ratio.
 */
export function changeRatio(from: Decimal, to: Decimal, places = 4): Decimal | null {
  const base = parse(from);
  if (base.units === 0n) return null;
  const change = parse(subtract(to, from));
  const scale = Math.max(base.scale, change.scale);
  const numerator = rescale(change, scale) * 10n ** BigInt(places);
  const units = divideRounded(numerator, absolute(rescale(base, scale)));
  return write({ units, scale: places });
}

/** The nearest float, for the geometry of a chart only; never for a figure that somebody reads. */
export function toPlotCoordinate(value: Decimal): number {
  return Number(value);
}

function parse(text: string): Scaled {
  if (!isDecimal(text)) throw new RangeError(`not a decimal number: ${text}`);
  const point = text.indexOf('.');
  const scale = point === -1 ? 0 : text.length - point - 1;
  return { units: BigInt(text.replace('.', '')), scale };
}

function write({ units, scale }: Scaled): Decimal {
  const digits = absolute(units)
    .toString()
    .padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  const fraction = scale === 0 ? '' : `.${digits.slice(-scale)}`;
  return `${units < 0n ? '-' : ''}${whole}${fraction}` as Decimal;
}

function rescale({ units, scale }: Scaled, target: number): bigint {
  return units * 10n ** BigInt(target - scale);
}

function divideRounded(numerator: bigint, denominator: bigint): bigint {
  const half = denominator / 2n;
  const magnitude = (absolute(numerator) + half) / denominator;
  return numerator < 0n ? -magnitude : magnitude;
}

function absolute(value: bigint): bigint {
  return value < 0n ? -value : value;
}
