import type { Catalogue, TowerKind, TowerRule } from '../core/catalogue';

const FIRST_BRANCH = 3;

export function capitalised(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** What a tower is called; a branch has a name of its own, an upgrade a number. */
export function towerTitle({ name, branches }: TowerKind, variant: number): string {
  const branch = branches[variant - FIRST_BRANCH];
  return branch ?? `${capitalised(name)} ${'I'.repeat(variant + 1)}`;
}

export interface Fact {
  readonly name: string;
  readonly value: string;
}

/** What a tower does, without what is nought: numbers in cells, per second and percent. */
export function factsOf(rule: TowerRule, { cell, ticks_per_second }: Catalogue): readonly Fact[] {
  const cells = (units: number) => (units / cell).toFixed(1);
  const facts: readonly (readonly [string, number, string])[] = [
    ['Damage', rule.damage, `${rule.damage}`],
    ['Shots a second', rule.reload, (ticks_per_second / Math.max(rule.reload, 1)).toFixed(1)],
    ['Range in cells', rule.range, cells(rule.range)],
    ['Burst in cells', rule.splash, cells(rule.splash)],
    ['Slower by', rule.chill, `${rule.chill} %`],
    ['Jumps', rule.jumps, `${rule.jumps}`],
    ['Pierces armour', rule.pierce, `${rule.pierce}`],
    ['Throws back', rule.knock, 'yes'],
    ['Adds damage', rule.boost, `${rule.boost} %`],
  ];
  return facts.flatMap(([name, number, value]) => (number === 0 ? [] : [{ name, value }]));
}

export interface Step {
  readonly name: string;
  /** Null of what the tower could not do before. */
  readonly before: string | null;
  readonly after: string;
}

/** What an upgrade changes. */
export function stepsTo(before: TowerRule, after: TowerRule, catalogue: Catalogue): readonly Step[] {
  const old = new Map(factsOf(before, catalogue).map(({ name, value }) => [name, value]));
  return factsOf(after, catalogue).flatMap(({ name, value }) => {
    const was = old.get(name) ?? null;
    return was === value ? [] : [{ name, before: was, after: value }];
  });
}

/** The groups of a wave, those of one kind together, in the order in which they come. */
export function countsOf(groups: readonly (readonly number[])[]): readonly { kind: number; count: number }[] {
  const counts = new Map<number, number>();
  for (const [kind = 0, count = 0] of groups) counts.set(kind, (counts.get(kind) ?? 0) + count);
  return Array.from(counts, ([kind, count]) => ({ kind, count }));
}
