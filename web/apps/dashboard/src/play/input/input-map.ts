import * as v from 'valibot';

import { ACTION_NAMES, type Action } from './actions';

/**
 * An input as text: `key:KeyU` (the physical key, whatever is printed on it), `mouse:0`, `wheel:up`, `touch:hold`,
 * `pad:3` (a button of the standard gamepad). A row of number keys is one trigger: `key:Digit#`, `key:Numpad#`.
 */
export type Trigger = string;

/** The triggers of each action; a trigger belongs to at most one action. */
export type InputMap = Readonly<Record<Action, readonly Trigger[]>>;

export const DEFAULT_INPUT_MAP: InputMap = {
  'cursor-left': ['key:ArrowLeft', 'pad:14'],
  'cursor-right': ['key:ArrowRight', 'pad:15'],
  'cursor-up': ['key:ArrowUp', 'pad:12'],
  'cursor-down': ['key:ArrowDown', 'pad:13'],
  choose: ['key:Enter', 'mouse:0', 'touch:tap', 'pad:0'],
  cancel: ['key:Escape', 'mouse:2', 'touch:hold', 'pad:1'],
  'tower-by-number': ['key:Digit#', 'key:Numpad#'],
  'next-tower': ['key:KeyE', 'pad:5'],
  'previous-tower': ['key:KeyQ', 'pad:4'],
  upgrade: ['key:KeyU', 'pad:3'],
  'upgrade-second': ['key:KeyI', 'pad:10'],
  sell: ['key:KeyS', 'key:Delete', 'pad:2'],
  target: ['key:KeyT', 'pad:6'],
  pause: ['key:Space', 'touch:two', 'pad:9'],
  'next-wave': ['key:KeyN', 'pad:8'],
  faster: ['key:Equal', 'key:NumpadAdd', 'pad:11'],
  slower: ['key:Minus', 'key:NumpadSubtract'],
  'auto-start': ['key:KeyG'],
  'zoom-in': ['key:PageUp', 'wheel:up'],
  'zoom-out': ['key:PageDown', 'wheel:down'],
  'whole-map': ['key:Home', 'pad:7'],
  fullscreen: ['key:KeyF'],
  mute: ['key:KeyM'],
  debug: ['key:F3', 'key:F2', 'key:Backquote'],
};

/** Triggers that stay with their action, whatever is bound: without them the mouse or a finger could do nothing. */
const FIXED: ReadonlyMap<Trigger, Action> = new Map([
  ['mouse:0', 'choose'],
  ['touch:tap', 'choose'],
]);

const NUMBER_KEY = /^(key:(?:Digit|Numpad))(\d)$/;

export function isFixed(trigger: Trigger): boolean {
  return FIXED.has(trigger);
}

/** The action of a trigger; a number key that has none of its own has the action of its row. */
export function actionOf(map: InputMap, trigger: Trigger): Action | null {
  return ownerOf(map, trigger) ?? ownerOf(map, rowOfKeys(trigger));
}

/** The number on a key, from 0 to 9; null if it has none. */
export function numberOf(trigger: Trigger): number | null {
  const digit = NUMBER_KEY.exec(trigger)?.[2];
  return digit === undefined ? null : Number(digit);
}

/** Gives the trigger to the action and takes it from any other; a fixed trigger stays where it is. */
export function bind(map: InputMap, action: Action, trigger: Trigger): InputMap {
  const given = action === 'tower-by-number' ? rowOfKeys(trigger) : trigger;
  if (isFixed(given) || (action === 'tower-by-number' && given === trigger)) return map;
  const without = mapTriggers(map, (triggers) => triggers.filter((each) => each !== given));
  return { ...without, [action]: [...without[action], given] };
}

/** Takes the trigger from the action, unless it is fixed. */
export function unbind(map: InputMap, action: Action, trigger: Trigger): InputMap {
  if (isFixed(trigger)) return map;
  return { ...map, [action]: map[action].filter((each) => each !== trigger) };
}

/** Reads a saved map; actions that are missing or invalid get their defaults, and fixed triggers their actions. */
export function readInputMap(saved: unknown): InputMap {
  const parsed = v.safeParse(v.record(v.string(), v.unknown()), saved);
  const entries = parsed.success ? parsed.output : {};
  const triggers = v.array(v.pipe(v.string(), v.regex(/^(key|mouse|wheel|touch|pad):\w+#?$/)));
  const own = new Map(
    ACTION_NAMES.flatMap((action) => {
      const read = v.safeParse(triggers, entries[action]);
      return read.success ? [[action, read.output] as const] : [];
    }),
  );
  // What the player has bound goes before the defaults of actions that a later release has added.
  const bound = new Set([...own.values()].flat());
  const read = mapTriggers(
    DEFAULT_INPUT_MAP,
    (defaults, action) => own.get(action) ?? defaults.filter((each) => !bound.has(each)),
  );
  return withFixed(withoutRepeats(read));
}

/** The actions that differ from the defaults: all that is saved, so that new defaults reach the others. */
export function changesOf(map: InputMap): Partial<InputMap> {
  const changed = ACTION_NAMES.filter((action) => map[action].join() !== DEFAULT_INPUT_MAP[action].join());
  return Object.fromEntries(changed.map((action) => [action, map[action]]));
}

function withFixed(map: InputMap): InputMap {
  const fixed = [...FIXED].filter(([trigger, action]) => !map[action].includes(trigger));
  const others = mapTriggers(map, (triggers, action) =>
    triggers.filter((trigger) => !isFixed(trigger) || FIXED.get(trigger) === action),
  );
  return mapTriggers(others, (triggers, action) => [
    ...triggers,
    ...fixed.flatMap(([trigger, its]) => (its === action ? [trigger] : [])),
  ]);
}

function ownerOf(map: InputMap, trigger: Trigger): Action | null {
  return ACTION_NAMES.find((action) => map[action].includes(trigger)) ?? null;
}

/** The row of keys that a number key belongs to; the trigger itself if it is another key. */
function rowOfKeys(trigger: Trigger): Trigger {
  return trigger.replace(NUMBER_KEY, '$1#');
}

/** If two actions have the same trigger, the first keeps it. */
function withoutRepeats(map: InputMap): InputMap {
  const used = new Set<Trigger>();
  return mapTriggers(map, (triggers) =>
    triggers.filter((trigger) => {
      const isFirst = !used.has(trigger);
      used.add(trigger);
      return isFirst;
    }),
  );
}

function mapTriggers(
  map: InputMap,
  change: (triggers: readonly Trigger[], action: Action) => readonly Trigger[],
): InputMap {
  return Object.fromEntries(
    ACTION_NAMES.map((action) => [action, change(map[action], action)]),
  ) as unknown as InputMap;
}

const MOUSE_BUTTONS = ['Left click', 'Middle click', 'Right click'];
const PAD_BUTTONS = [
  'A', 'B', 'X', 'Y', 'LB', 'RB', 'LT', 'RT', 'Back', 'Start', 'Left stick', 'Right stick', 'D-pad up', 'D-pad down',
  'D-pad left', 'D-pad right',
]; // oxfmt-ignore
const TOUCHES: Readonly<Record<string, string>> = { tap: 'Tap', hold: 'Long press', two: 'Two-finger tap' };
const KEYS: Readonly<Record<string, string>> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Equal: '+',
  Minus: '−',
  Escape: 'Esc',
  Backquote: '`',
  'Digit#': '1–9',
  'Numpad#': 'Numpad 1–9',
  NumpadAdd: 'Numpad +',
  NumpadSubtract: 'Numpad −',
};

/** The name of a trigger, for buttons and the settings. */
export function triggerLabel(trigger: Trigger): string {
  const [device, name = ''] = trigger.split(':');
  if (device === 'mouse') return MOUSE_BUTTONS[Number(name)] ?? `Mouse ${name}`;
  if (device === 'wheel') return `Wheel ${name}`;
  if (device === 'touch') return TOUCHES[name] ?? name;
  if (device === 'pad') return `Pad ${PAD_BUTTONS[Number(name)] ?? name}`;
  return KEYS[name] ?? name.replace(/^(Key|Digit)/, '').replace(/^Numpad(?=\d)/, 'Numpad ');
}

/** The first key of an action, for the hint on its button; null if it has none. */
export function keyHint(map: InputMap, action: Action): string | null {
  const key = map[action].find((trigger) => trigger.startsWith('key:'));
  return key === undefined ? null : triggerLabel(key);
}

/** The number key that places a kind of tower, as a hint; null if there is none. */
export function towerKeyHint(map: InputMap, kind: number): string | null {
  const number = kind + 1;
  const isBound = map['tower-by-number'].some(
    (row) => actionOf(map, row.replace('#', `${number}`)) === 'tower-by-number',
  );
  return number < 10 && isBound ? `${number}` : null;
}
