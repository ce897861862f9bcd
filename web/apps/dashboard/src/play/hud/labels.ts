import type { Catalogue, CreepKind, TowerKind, TowerRule } from '../core/catalogue';
import type { Plan } from '../core/protocol';

const FIRST_BRANCH = 3;

export const DIFFICULTIES = ['easy', 'normal', 'hard'] as const;

export function capitalised(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

export function difficultyName(difficulty: number): string {
  return DIFFICULTIES[difficulty] ?? 'normal';
}

/** The title of a tower: branches have names, upgrades have numbers. */
export function towerTitle({ name, branches }: TowerKind, variant: number): string {
  const branch = branches[variant - FIRST_BRANCH];
  return branch ?? `${capitalised(name)} ${'I'.repeat(variant + 1)}`;
}

export interface Fact {
  readonly name: string;
  readonly value: string;
}

/** What a tower can do, in cells, seconds and percent; figures that are zero are left out. */
export function factsOf(rule: TowerRule, { cell, ticks_per_second }: Catalogue): readonly Fact[] {
  const cells = (units: number) => (units / cell).toFixed(1);
  const facts: readonly (readonly [string, number, string])[] = [
    ['Damage', rule.damage, `${rule.damage}`],
    ['Shots per second', rule.reload, (ticks_per_second / Math.max(rule.reload, 1)).toFixed(1)],
    ['Range (cells)', rule.range, cells(rule.range)],
    ['Blast radius (cells)', rule.splash, cells(rule.splash)],
    ['Slows by', rule.chill, `${rule.chill}%`],
    ['Jumps', rule.jumps, `${rule.jumps}`],
    ['Armour piercing', rule.pierce, `${rule.pierce}`],
    ['Knocks back', rule.knock, 'yes'],
    ['Adds damage', rule.boost, `${rule.boost}%`],
  ];
  return facts.flatMap(([name, number, value]) => (number === 0 ? [] : [{ name, value }]));
}

/** What a creep withstands: its armour, and the towers that cannot hit it. */
export function withstands({ armour, immune_to }: CreepKind): readonly string[] {
  return [
    armour > 0 ? `Armour ${armour}: each hit does that much less` : 'No armour',
    ...immune_to.map((tower) => `Immune to ${tower} towers`),
  ];
}

export interface UpgradeEffect {
  readonly name: string;
  /** Null if the tower could not do this before. */
  readonly before: string | null;
  readonly after: string;
}

/** What an upgrade changes. */
export function upgradeEffects(
  before: TowerRule,
  after: TowerRule,
  catalogue: Catalogue,
): readonly UpgradeEffect[] {
  const old = new Map(factsOf(before, catalogue).map(({ name, value }) => [name, value]));
  return factsOf(after, catalogue).flatMap(({ name, value }) => {
    const was = old.get(name) ?? null;
    return was === value ? [] : [{ name, before: was, after: value }];
  });
}

/** The creeps of a kind that come from a spawn, and the health of each. */
export interface ComingCreeps {
  readonly kind: number;
  readonly spawn: number;
  readonly count: number;
  readonly health: number;
}

/** What the next wave brings: groups of a kind from the same spawn together, in order of appearance. */
export function comingCreeps({ groups, health }: Pick<Plan, 'groups' | 'health'>): readonly ComingCreeps[] {
  const coming = new Map<string, ComingCreeps>();
  groups.forEach(([kind, count, , , spawn], at) => {
    const key = `${kind} ${spawn}`;
    const before = coming.get(key)?.count ?? 0;
    coming.set(key, { kind, spawn, count: before + count, health: health[at] ?? 0 });
  });
  return [...coming.values()];
}
