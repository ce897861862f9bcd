/** The words of the parts themselves: of charts, tables and states. An app that speaks another language sets them once. */

export const englishUiTexts = {
  unknown: 'unknown',
  asTable: 'As table',
  tryAgain: 'Try again',
  loading: (what: string) => `Loading ${what}`,
  scrollable: (table: string) => `${table}, scrollable`,
  loadingWhat: { chart: 'chart', table: 'table', estimates: 'estimates' },
  chart: {
    legend: 'Legend',
    nothing: 'No values in this period.',
    points: (chart: string) => `Points of: ${chart}`,
    walk: 'Arrow keys walk from point to point.',
    walkAndOpen: 'Arrow keys walk from point to point; Enter opens its rows.',
    nothingHappened: 'Nothing happened',
    withUnknown: (total: string, unknown: number) => `${total} (${unknown} unknown)`,
    predictions: (count: string) => `${count} predictions`,
  },
  summary: {
    nothingKnown: 'No value is known.',
    nothingKnownOf: (series: string) => `${series}: no value is known.`,
    at: (value: string, point: string) => `${value} (${point})`,
    one: (series: string, at: string) => `${series}: ${at}.`,
    rose: (series: string, from: string, to: string) => `${series} rose from ${from} to ${to}`,
    fell: (series: string, from: string, to: string) => `${series} fell from ${from} to ${to}`,
    went: (series: string, from: string, to: string) => `${series} went from ${from} to ${to}`,
    course: (course: string, lowest: string, highest: string, gaps: string) =>
      `${course}; lowest ${lowest}, highest ${highest}${gaps}.`,
    gaps: (unknown: number, of: number) => `; ${unknown} of ${of} unknown`,
    total: (totals: string) => `In total: ${totals}.`,
    most: (total: string, at: string) => `${total} Most: ${at}.`,
    steps: (steps: string) => `${steps}.`,
    unexplained: (amount: string) => `Not explained by the steps: ${amount}.`,
    extremes: (lowest: string, highest: string) => `Lowest ${lowest}, highest ${highest}.`,
    place: (row: string, column: string) => `${row}, ${column}`,
    groups: (observed: number, of: number) => `${observed} of ${of} groups were observed.`,
    farthest: (predicted: string, observed: string) =>
      `Farthest apart: ${predicted} predicted, ${observed} observed.`,
  },
  tables: {
    step: 'Step',
    annotations: 'What happened',
    amount: 'Amount',
    predicted: 'Predicted',
    observed: 'Observed',
    atLeast: 'At least',
    atMost: 'At most',
    predictions: 'Predictions',
  },
} as const;

/** The same shape with any words. */
type Worded<Value> = Value extends string
  ? string
  : Value extends (...parameters: infer Parameters) => string
    ? (...parameters: Parameters) => string
    : { readonly [Name in keyof Value]: Worded<Value[Name]> };

export type UiTexts = Worded<typeof englishUiTexts>;

let current: UiTexts = englishUiTexts;

/** Sets the words, before anything is shown. */
export function setUiTexts(texts: UiTexts): void {
  current = texts;
}

export function uiTexts(): UiTexts {
  return current;
}
