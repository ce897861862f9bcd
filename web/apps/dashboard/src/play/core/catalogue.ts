import type { ConstantName, Layout } from './snapshot';

/** The figures of one tower variant; distances in units, times in ticks. */
export interface TowerRule {
  readonly cost: number;
  readonly range: number;
  readonly reload: number;
  readonly damage: number;
  readonly speed: number;
  readonly splash: number;
  readonly slow: number;
  readonly chill: number;
  readonly jumps: number;
  readonly knock: number;
  readonly pierce: number;
  readonly reaches: number;
  readonly boost: number;
}

export interface TowerKind {
  readonly name: string;
  readonly role: string;
  /** The names of the two branches of the third upgrade. */
  readonly branches: readonly [string, string];
  /** The sound of a shot; empty if it never shoots. */
  readonly sound: string;
  /** As built, the two upgrades, and the two branches of the third. */
  readonly variants: readonly TowerRule[];
}

export interface CreepKind {
  readonly name: CreepName;
  readonly trait: string;
  readonly flying: boolean;
  /** The towers that can never hit it. */
  readonly immune_to: readonly string[];
  readonly armour: number;
  readonly heal: number;
  readonly hp: number;
  readonly radius: number;
  readonly bounty: number;
  readonly lives: number;
}

export type CreepName = 'runner' | 'armoured' | 'swarm' | 'healer' | 'flyer' | 'boss';
export type DifficultyName = 'easy' | 'normal' | 'hard';
export type TargetingName = 'first' | 'last' | 'strong' | 'close';
export type CommandName = 'Build' | 'Upgrade' | 'Sell' | 'Target' | 'StartWave' | 'AutoStart' | 'SetConstant';

/** A physical constant: its default, and the bounds within which a match can be played. */
export interface Constant {
  readonly name: ConstantName;
  readonly default: number;
  readonly least: number;
  readonly most: number;
}
export type EventName =
  | 'spawned'
  | 'fired'
  | 'hit'
  | 'burst'
  | 'arc'
  | 'died'
  | 'leaked'
  | 'wave_began'
  | 'wave_cleared'
  | 'healed';

/** The rules of the game, as `bulwark.browser.catalogue` describes them. */
export interface Catalogue {
  /** Units per cell. */
  readonly cell: number;
  readonly ticks_per_second: number;
  readonly refund_percent: number;
  readonly towers: readonly TowerKind[];
  readonly creeps: readonly CreepKind[];
  /** `lives` is a percentage of the map's. */
  readonly difficulties: readonly { readonly name: DifficultyName; readonly lives: number }[];
  /** Percentages of the initial lives that must be left for one, two and three stars. */
  readonly star_percents: readonly number[];
  /** A map opens with this many stars for each map before it. */
  readonly stars_per_map: number;
  readonly targetings: readonly TargetingName[];
  /** A command's number is its position here. */
  readonly commands: readonly CommandName[];
  /** A constant's number is its position here. */
  readonly physics: readonly Constant[];
  readonly events: Readonly<Record<EventName, number>>;
  readonly layout: Layout;
}

/** Whether its hits slow creeps, which is seen and heard as frost. */
export function isChilling(tower: TowerKind | undefined): boolean {
  return (tower?.variants[0]?.slow ?? 0) > 0;
}

export function towerRule(catalogue: Catalogue, kind: number, variant: number): TowerRule {
  const rule = catalogue.towers[kind]?.variants[variant];
  if (rule === undefined) throw new Error(`The core has no tower of kind ${kind} and variant ${variant}.`);
  return rule;
}
