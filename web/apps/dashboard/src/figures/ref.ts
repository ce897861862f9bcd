/** Which figure a sheet shows, as the address has it: "mrr", "mrr@2026-06-30" or "new@2026-06-01..2026-06-30". */

import { readDay, type ReadValue, type SearchSpec } from '../shell/search';

/** Whether a figure is of the end of a day, of a period, or of a cohort's month and a later day. */
export type FigureSpan = 'day' | 'period' | 'cohort' | 'other';

export const FIGURES = {
  mrr: { unit: 'money', span: 'day', good: 'up', isRatio: false },
  arr: { unit: 'money', span: 'day', good: 'up', isRatio: false },
  arpa: { unit: 'money', span: 'day', good: 'up', isRatio: false },
  'paying-accounts': { unit: 'count', span: 'day', good: 'up', isRatio: false },
  nrr: { unit: 'ratio', span: 'period', good: 'up', isRatio: true },
  grr: { unit: 'ratio', span: 'period', good: 'up', isRatio: true },
  'account-churn': { unit: 'rate', span: 'period', good: 'down', isRatio: true },
  'revenue-churn': { unit: 'rate', span: 'period', good: 'down', isRatio: true },
  ltv: { unit: 'money', span: 'period', good: 'up', isRatio: true },
  'quick-ratio': { unit: 'number', span: 'period', good: 'up', isRatio: true },
  movements: { unit: 'change', span: 'period', good: 'up', isRatio: false },
  new: { unit: 'change', span: 'period', good: 'up', isRatio: false },
  expansion: { unit: 'change', span: 'period', good: 'up', isRatio: false },
  contraction: { unit: 'change', span: 'period', good: 'up', isRatio: false },
  churn: { unit: 'change', span: 'period', good: 'up', isRatio: false },
  reactivation: { unit: 'change', span: 'period', good: 'up', isRatio: false },
  fx: { unit: 'change', span: 'period', good: 'up', isRatio: false },
  cohort: { unit: 'money', span: 'cohort', good: 'up', isRatio: false },
} as const satisfies Record<string, FigureKind>;

interface FigureKind {
  readonly unit: Unit;
  readonly span: FigureSpan;
  /** Which direction is good news. */
  readonly good: 'up' | 'down';
  /** Looks back over twelve months, unless the address says otherwise. */
  readonly isRatio: boolean;
}

/** `rate` is a ratio small enough for two places; `change` is money with its sign. */
export type Unit = 'money' | 'change' | 'count' | 'ratio' | 'rate' | 'number';
export type FigureId = keyof typeof FIGURES;
/** Sheets of something else than a single figure of the metrics. */
export type SheetId = FigureId | 'policy' | 'stripe' | 'at-risk';

const OTHERS: readonly SheetId[] = ['policy', 'stripe', 'at-risk'];

export interface FigureRef {
  readonly id: SheetId;
  readonly from?: string;
  readonly to?: string;
}

export function isFigure(id: string): id is FigureId {
  return Object.hasOwn(FIGURES, id);
}

/** Null if the text names no sheet, or a day that does not exist. */
export function parseFigure(text: string): FigureRef | null {
  const [id = '', days, ...more] = text.split('@');
  if (!(isFigure(id) || OTHERS.some((other) => other === id)) || more.length > 0) return null;
  const known = id as SheetId;
  if (days === undefined) return known === 'cohort' ? null : { id: known };
  const [first = '', last, ...others] = days.split('..');
  if (others.length > 0 || readDay(first) === undefined) return null;
  if (last === undefined) return known === 'cohort' ? null : { id: known, to: first };
  return readDay(last) === undefined || last < first ? null : { id: known, from: first, to: last };
}

export function writeFigure({ id, from, to }: FigureRef): string {
  if (to === undefined) return id;
  return from === undefined ? `${id}@${to}` : `${id}@${from}..${to}`;
}

export interface FigureSearch {
  readonly sheet?: string | undefined;
}

const readFigure: ReadValue<string> = (text) => (parseFigure(text) === null ? undefined : text);

/** What a page that shows sheets adds to what it reads from its address. */
export const figureSearch: SearchSpec<FigureSearch> = { sheet: readFigure };
