import type { ImportItem, UndoPreview } from '@keepwell/api';

import { formatCount } from '@keepwell/ui';

import { texts } from '../../texts';

/** What an import counted of one kind of record. */
export interface EntityReport {
  readonly entity: string;
  readonly file: string;
  readonly read: number;
  readonly added: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly skipped: number;
  readonly keptAside: number;
  readonly reasons: readonly { readonly code: string; readonly count: number }[];
  readonly unmapped: readonly string[];
}

/** The counts of an import by kind of record; the report is the importer's own JSON, so nothing of it is taken for granted. */
export function entityReports({ summary }: Pick<ImportItem, 'summary'>): readonly EntityReport[] {
  return Object.entries(record(summary?.['entities'])).map(([entity, counted]) => {
    const counts = record(counted);
    const number = (name: string) => numberOf(counts[name]);
    const file = counts['file'];
    const unmapped = counts['unmapped'];
    return {
      entity,
      file: typeof file === 'string' ? file : '',
      read: number('read') + number('derived'),
      added: Math.max(0, number('imported') - number('updated')),
      updated: number('updated'),
      unchanged: number('unchanged'),
      skipped: number('skipped'),
      keptAside: number('dead_lettered'),
      reasons: Object.entries(record(counts['reasons'])).map(([code, count]) => ({
        code,
        count: numberOf(count),
      })),
      unmapped: Array.isArray(unmapped) ? unmapped.filter((name) => typeof name === 'string') : [],
    };
  });
}

export interface Totals {
  readonly read: number;
  readonly changed: number;
  readonly keptAside: number;
}

/** The sums over all kinds; null while the import has counted nothing. */
export function totals(item: Pick<ImportItem, 'summary'>): Totals | null {
  if (item.summary === null) return null;
  const reports = entityReports(item);
  const sum = (of: (report: EntityReport) => number) => reports.reduce((total, one) => total + of(one), 0);
  return {
    read: sum(({ read }) => read),
    changed: sum(({ added, updated }) => added + updated),
    keptAside: sum(({ keptAside }) => keptAside),
  };
}

/** A difference between the columns of a file and those of its mapping, in words. */
export function driftText(change: Readonly<Record<string, unknown>>): string {
  const { changes } = texts.data.imports;
  const [kind, column, found] = [text(change['kind']), text(change['column']), text(change['found'])];
  switch (kind) {
    case 'renamed':
      return changes.renamed(column, found);
    case 'missing':
      return changes.missing(column);
    case 'new':
      return changes.new(column);
    case 'type':
      return changes.type(column, found);
    default:
      return changes.other(kind, column);
  }
}

/** In how many rows it was seen, and where first; empty if that is not said. */
export function driftPlace(change: Readonly<Record<string, unknown>>): string {
  const first = text(change['first']);
  return first === '' ? '' : texts.data.imports.driftPlace(formatCount(numberOf(change['rows'])), first);
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** How a kind of record is called. */
export function entityName(entity: string): string {
  const names: Readonly<Record<string, string>> = texts.data.imports.detail.entities;
  return names[entity] ?? entity;
}

/** What an undo takes back, a sentence for each kind of record. */
export function takenBack({ deletes, restores }: Pick<UndoPreview, 'deletes' | 'restores'>): string {
  const words = texts.data.imports.undo;
  const lines = [
    ...counted(deletes).map(([kind, count]) => words.deletes(count, kind)),
    ...counted(restores).map(([kind, count]) => words.restores(count, kind)),
  ];
  return lines.length === 0 ? words.nothing : `${lines.join('. ')}.`;
}

function counted(rows: Readonly<Record<string, number>>): readonly [kind: string, count: string][] {
  return Object.entries(rows)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => [entityName(kind), formatCount(count)]);
}
