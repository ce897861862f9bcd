/** A count with the separators of the reader's locale. */
export function formatCount(count: number): string {
  return new Intl.NumberFormat().format(count);
}

/** A change of a count, with its sign unless it is zero. */
export function formatCountChange(change: number): string {
  return new Intl.NumberFormat(undefined, { signDisplay: 'exceptZero' }).format(change);
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
