import type { ListedProblem, Operation } from './openapi';

/** Something in the handbook that has an address of its own. */
export interface Entry {
  readonly anchor: string;
  readonly label: string;
  /** Shown before the label: an operation's method, or what else it is. */
  readonly kind: string;
  readonly words: string;
}

export function operationAnchor(id: string): string {
  return `operation-${id}`;
}

export function schemaAnchor(name: string): string {
  return `schema-${name}`;
}

export function problemAnchor(code: string): string {
  return `problem-${code}`;
}

export function tagAnchor(tag: string): string {
  return `tag-${tag.replaceAll(' ', '-')}`;
}

export function entriesOf(
  operations: Iterable<Operation>,
  schemas: Iterable<string>,
  problems: Iterable<ListedProblem>,
): readonly Entry[] {
  return [
    ...Array.from(operations, ({ id, method, path, summary }) => ({
      anchor: operationAnchor(id),
      label: path,
      kind: method,
      words: `${method} ${path} ${summary} ${id}`.toLowerCase(),
    })),
    ...Array.from(schemas, (name) => ({
      anchor: schemaAnchor(name),
      label: name,
      kind: 'schema',
      words: name.toLowerCase(),
    })),
    ...Array.from(problems, ({ code, status, meaning }) => ({
      anchor: problemAnchor(code),
      label: code,
      kind: String(status),
      words: `${code} ${status} ${meaning}`.toLowerCase(),
    })),
  ];
}

/** The entries that have every word of the question. */
export function found(entries: readonly Entry[], question: string): readonly Entry[] {
  const words = question.toLowerCase().split(/\s+/).filter(Boolean);
  return entries.filter((entry) => words.every((word) => entry.words.includes(word)));
}
